package dialplan

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"switchdesk/configs/freeswitch"
	"switchdesk/esl"
	"switchdesk/internal/testswitch"
	"switchdesk/storage/db/dbtest"
)

// TestRealSwitchReadsOurXML has a FreeSWITCH with the shipped configuration
// ask for phones and trunks: a desk phone registers with its issued password
// and rings, a wrong password does not, a trunk appears after a rescan.
func TestRealSwitchReadsOurXML(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t))
	var mu sync.Mutex
	asked := map[string]int{}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		mu.Lock()
		asked[r.Form.Get("action")+r.Form.Get("purpose")]++
		mu.Unlock()
		_, _ = w.Write(d.XML(r.Context(), r.Form))
	}))
	defer web.Close()
	s := testswitch.Start(t, testswitch.Options{Values: freeswitch.Values{XMLURL: web.URL}})
	node := esl.NewNode(esl.NodeConfig{Name: "fs1", Addr: s.ESLAddr(), Password: s.Values.ESLPassword}, func([]esl.Event) {})
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	ended := make(chan struct{})
	go func() { defer close(ended); _ = node.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	api := func(line string) string {
		t.Helper()
		for {
			out, err := node.API(ctx, line)
			if err == nil {
				return out
			}
			if ctx.Err() != nil {
				t.Fatalf("%s: %v", line, err)
			}
		}
	}

	ann := d.user("ann", `安娜 $${domain} "x" <b>`, "8001")
	phone, err := d.IssueDeskPhone(ctx, d.admin, ann)
	if err != nil {
		t.Fatal(err)
	}
	s.Phone(t, testswitch.Phone{User: phone.User, Password: phone.Password})
	if code := s.Register(t, phone.User, "not the password", 0, 120).Wait(20 * time.Second); code == 0 {
		t.Error("a wrong password registers")
	}
	soft, err := d.IssueWebPhone(ctx, d.actor(ann))
	if err != nil {
		t.Fatal(err)
	}
	if code := s.Register(t, soft.User, soft.Password, 0, 120).Wait(20 * time.Second); code != 0 {
		t.Error("the web phone's password does not register")
	}
	if out := api("originate user/" + phone.User + "@" + phone.Domain + " &park()"); !strings.HasPrefix(out, "+OK") {
		t.Errorf("the phone does not ring: %s", out)
	}
	if _, err := d.SaveTrunk(ctx, d.admin, TrunkInput{Name: "电信", Proxy: "127.0.0.1:9", Enabled: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.SaveTrunk(ctx, d.admin, TrunkInput{Name: "移动", Proxy: "127.0.0.1:9", Username: "desk", Password: new("s3cret!"), Register: true, Enabled: true}); err != nil {
		t.Fatal(err)
	}
	api("sofia profile external rescan")
	for _, gateway := range []string{"sd-1", "sd-2"} {
		status := api("sofia status gateway " + gateway)
		if !strings.Contains(status, "127.0.0.1:9") {
			t.Errorf("%s: %s", gateway, status)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if asked["sip_auth"] == 0 || asked["gateways"] == 0 || asked["user_call"] == 0 {
		t.Errorf("asked only %v", asked)
	}
}
