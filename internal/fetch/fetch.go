// Package fetch asks other systems over HTTP on behalf of people who may not
// be trusted with the network that this program stands in: public addresses
// alone unless the operator lists a host, answers of bounded size, and a
// bounded time whatever the other side does.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// Bounds of one exchange.
const (
	MaxAnswer    = 256 << 10 // bytes of a body, unpacked
	maxHeaders   = 32 << 10  // bytes of the answer's headers
	maxRedirects = 3
	dialTime     = 5 * time.Second
	pause        = 200 * time.Millisecond // before the first retry; doubled for each further
)

// Errors that people see; the causes are in the chain.
var (
	ErrAddress = errors.New("this address may not be asked")
	ErrSize    = fmt.Errorf("the answer is larger than %d KB", MaxAnswer>>10)
	ErrTime    = errors.New("no answer in time")
)

// Request is one exchange; with Retries it may be sent several times.
type Request struct {
	Method  string
	URL     string
	Headers map[string]string
	Body    string        // JSON; none if empty
	Timeout time.Duration // for all tries together
	Retries int           // after failures of the network, 429 and 5xx
}

// Answer is what came back.
type Answer struct {
	Status int
	Body   []byte
}

// Client makes exchanges. It is safe for use by many at once.
type Client struct {
	http  *http.Client
	allow map[string]bool
}

// New makes a client. Hosts in allow, written as host or host:port, may be
// asked whatever their address is.
func New(allow []string) *Client {
	c := &Client{allow: map[string]bool{}}
	for _, host := range allow {
		c.allow[strings.ToLower(strings.TrimSpace(host))] = true
	}
	free := &net.Dialer{Timeout: dialTime}
	guarded := &net.Dialer{Timeout: dialTime, Control: guard}
	c.http = &http.Client{
		Transport: &http.Transport{
			// No proxy: one would ask where we may not.
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				if c.allowed(addr) {
					return free.DialContext(ctx, network, addr)
				}
				return guarded.DialContext(ctx, network, addr)
			},
			TLSHandshakeTimeout: dialTime, MaxResponseHeaderBytes: maxHeaders, MaxConnsPerHost: 32,
			MaxIdleConns: 64, MaxIdleConnsPerHost: 8, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true,
		},
		CheckRedirect: redirect,
	}
	return c
}

func (c *Client) allowed(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	return err == nil && (c.allow[strings.ToLower(addr)] || c.allow[strings.ToLower(host)])
}

// guard looks at the address that is really connected to, after the name has
// been resolved: a name may lead to another address each time it is asked.
func guard(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %s", ErrAddress, address)
	}
	if !Public(at.Addr()) {
		return fmt.Errorf("%w: %s is not a public one", ErrAddress, at.Addr())
	}
	return nil
}

// notPublic are ranges that netip does not know by a name of its own, among
// them those whose addresses hold an IPv4 address inside.
var notPublic = func() []netip.Prefix {
	var list []netip.Prefix
	for _, p := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
	} {
		list = append(list, netip.MustParsePrefix(p))
	}
	return list
}()

// Public tells whether an address is one of the public internet.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.Zone() != "" {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// redirect follows a few, and hands nothing that was meant for one host to
// another. Where they lead is guarded like any address.
func redirect(next *http.Request, via []*http.Request) error {
	switch {
	case len(via) > maxRedirects:
		return errors.New("too many redirects")
	case next.URL.Scheme != "http" && next.URL.Scheme != "https":
		return fmt.Errorf("%w: %s", ErrAddress, next.URL.Scheme)
	case next.URL.User != nil:
		return fmt.Errorf("%w: it holds a password", ErrAddress)
	}
	if first := via[0].URL; next.URL.Host != first.Host || first.Scheme == "https" && next.URL.Scheme == "http" {
		next.Header = http.Header{}
		if next.Body != nil {
			return fmt.Errorf("%w: a redirect would send the content to another host", ErrAddress)
		}
	}
	return nil
}

// Do makes an exchange. It fails with ErrAddress, ErrSize or ErrTime in the
// chain, or with what the network said; an answer of any status is no failure.
func (c *Client) Do(ctx context.Context, q Request) (Answer, error) {
	u, err := url.Parse(q.URL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil {
		return Answer{}, ErrAddress
	}
	ctx, cancel := context.WithTimeout(ctx, q.Timeout)
	defer cancel()
	for try := 0; ; try++ {
		a, err := c.once(ctx, q)
		again := err == nil && (a.Status >= 500 || a.Status == http.StatusTooManyRequests) ||
			err != nil && !errors.Is(err, ErrAddress) && !errors.Is(err, ErrSize) && ctx.Err() == nil
		if !again || try >= q.Retries || !rest(ctx, pause<<try) {
			return a, plainly(ctx, err)
		}
	}
}

// rest waits between two tries; false when there is no time for another.
func rest(ctx context.Context, d time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= d {
		return false
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// plainly leaves the address out of an error: it may hold what a caller
// entered, and is for no log.
func plainly(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ErrTime
	}
	var ue *url.Error
	if errors.As(err, &ue) {
		return ue.Err
	}
	return err
}

func (c *Client) once(ctx context.Context, q Request) (Answer, error) {
	var body io.Reader
	if q.Body != "" {
		body = strings.NewReader(q.Body)
	}
	r, err := http.NewRequestWithContext(ctx, q.Method, q.URL, body)
	if err != nil {
		return Answer{}, ErrAddress
	}
	r.Header.Set("User-Agent", "Switchdesk")
	r.Header.Set("Accept", "application/json")
	if q.Body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range q.Headers {
		r.Header.Set(name, value)
	}
	res, err := c.http.Do(r)
	if err != nil {
		return Answer{}, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, MaxAnswer+1))
	switch {
	case err != nil:
		return Answer{}, err
	case len(data) > MaxAnswer:
		return Answer{}, ErrSize
	}
	return Answer{Status: res.StatusCode, Body: data}, nil
}
