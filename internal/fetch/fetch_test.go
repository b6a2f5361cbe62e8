package fetch

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func serve(t *testing.T, h http.HandlerFunc) (addr string) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func get(c *Client, url string) (Answer, error) {
	return c.Do(context.Background(), Request{Method: "GET", URL: url, Timeout: 5 * time.Second})
}

func TestPublicAddresses(t *testing.T) {
	for _, a := range []string{"8.8.8.8", "114.114.114.114", "2400:3200::1", "172.15.0.1", "100.63.0.1"} {
		if !Public(netip.MustParseAddr(a)) {
			t.Errorf("%s is public", a)
		}
	}
	for _, a := range []string{
		"127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3",
		"224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.0.8", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1",
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:1::1", "2001:db8::1", "fec0::1",
	} {
		if Public(netip.MustParseAddr(a)) {
			t.Errorf("%s is not public", a)
		}
	}
}

func TestInternalAddressesAreRefused(t *testing.T) {
	asked := false
	addr := serve(t, func(http.ResponseWriter, *http.Request) { asked = true })
	_, port, _ := strings.Cut(addr, ":")
	c := New(nil)
	for _, url := range []string{
		"http://" + addr + "/", "http://localhost:" + port, "http://[::ffff:127.0.0.1]:" + port, "http://0:" + port,
		"http://0.0.0.0:" + port, "http://169.254.169.254/latest/meta-data/", "http://10.1.2.3/", "http://[::1]:" + port, "http://[fe80::1%25lo]/",
		"file:///etc/passwd", "gopher://" + addr, "http://u:p@" + addr, "//" + addr, "http://",
	} {
		a, err := c.Do(context.Background(), Request{Method: "GET", URL: url, Timeout: 3 * time.Second, Retries: 3})
		if err == nil || (!errors.Is(err, ErrAddress) && !strings.Contains(err.Error(), "no such host")) {
			t.Errorf("%s: %+v %v", url, a, err)
		}
	}
	if asked {
		t.Error("the server was asked")
	}
}

func TestListedHostsMayBeAsked(t *testing.T) {
	addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		io.WriteString(w, r.Method+" "+r.Header.Get("X-Key")+" "+r.Header.Get("Content-Type")+" "+string(body))
	})
	a, err := New([]string{addr}).Do(context.Background(), Request{
		Method: "POST", URL: "http://" + addr + "/x", Headers: map[string]string{"X-Key": "k"}, Body: `{"a":"b"}`, Timeout: 5 * time.Second,
	})
	if err != nil || a.Status != 200 || string(a.Body) != `POST k application/json {"a":"b"}` {
		t.Errorf("%d %s %v", a.Status, a.Body, err)
	}
	if _, err := get(New([]string{"127.0.0.1"}), "http://"+addr); err != nil {
		t.Errorf("a host without a port allows all its ports: %v", err)
	}
	if _, err := get(New([]string{"127.0.0.1:1"}), "http://"+addr); !errors.Is(err, ErrAddress) {
		t.Errorf("another port was allowed: %v", err)
	}
}

// A host that may be asked cannot send us on to one that may not.
func TestRedirectsAreGuarded(t *testing.T) {
	inner := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "key="+r.Header.Get("X-Key")) })
	_, port, _ := strings.Cut(inner, ":")
	outer := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusTemporaryRedirect)
	})
	c := New([]string{outer})
	for _, to := range []string{"http://" + inner, "http://localhost:" + port, "http://169.254.169.254/", "file:///etc/passwd", "http://a:b@" + outer} {
		if a, err := get(c, "http://"+outer+"/?to="+to); !errors.Is(err, ErrAddress) {
			t.Errorf("%s: %s %v", to, a.Body, err)
		}
	}
	if _, err := get(c, "http://"+outer+"/?to=/%3Fto=/"); err == nil {
		t.Error("redirects without end")
	}
	both := New([]string{outer, inner})
	q := Request{Method: "GET", URL: "http://" + outer + "/?to=http://" + inner, Headers: map[string]string{"X-Key": "secret"}, Timeout: 5 * time.Second}
	if a, err := both.Do(context.Background(), q); err != nil || string(a.Body) != "key=" {
		t.Errorf("a header went to another host: %s %v", a.Body, err)
	}
	q.Method, q.Body = "POST", "{}"
	if _, err := both.Do(context.Background(), q); !errors.Is(err, ErrAddress) {
		t.Errorf("content went to another host: %v", err)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/large":
			chunk := strings.Repeat("x", 64<<10)
			for range 1600 { // 100 MB
				if _, err := io.WriteString(w, chunk); err != nil {
					return
				}
			}
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			chunk := make([]byte, 256<<10)
			for range 8 {
				z.Write(chunk)
			}
			z.Close()
		case "/headers":
			w.Header().Set("X-Long", strings.Repeat("x", 64<<10))
		case "/hang":
			<-r.Context().Done()
		case "/drip":
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, " "); err != nil {
					return
				}
				w.(http.Flusher).Flush()
			}
		}
	})
	c := New([]string{addr})
	for _, path := range []string{"/large", "/bomb"} {
		if _, err := get(c, "http://"+addr+path); !errors.Is(err, ErrSize) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := get(c, "http://"+addr+"/headers"); err == nil {
		t.Error("headers without end")
	}
	began := time.Now()
	for _, path := range []string{"/hang", "/drip"} {
		_, err := c.Do(context.Background(), Request{Method: "GET", URL: "http://" + addr + path, Timeout: 150 * time.Millisecond, Retries: 3})
		if !errors.Is(err, ErrTime) && !errors.Is(err, ErrSize) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("took %s", took)
	}
}

func TestRetries(t *testing.T) {
	var asked atomic.Int32
	addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch n := asked.Add(1); {
		case r.URL.Path == "/gone":
			w.WriteHeader(http.StatusNotFound)
		case n < 3:
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	c := New([]string{addr})
	a, err := c.Do(context.Background(), Request{Method: "GET", URL: "http://" + addr, Timeout: 5 * time.Second, Retries: 2})
	if err != nil || a.Status != 200 || asked.Load() != 3 {
		t.Errorf("%+v %v after %d", a, err, asked.Load())
	}
	asked.Store(0)
	if a, err := c.Do(context.Background(), Request{Method: "GET", URL: "http://" + addr + "/gone", Timeout: 5 * time.Second, Retries: 2}); err != nil || a.Status != 404 || asked.Load() != 1 {
		t.Errorf("%+v %v after %d", a, err, asked.Load())
	}
	asked.Store(0)
	if a, err := get(c, "http://"+addr); err != nil || a.Status != 502 || asked.Load() != 1 {
		t.Errorf("%+v %v after %d", a, err, asked.Load())
	}
}
