package flows

import (
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// A page plays a flow step by step: each time with one more of what was asked.
func TestTrialsAsk(t *testing.T) {
	src, err := sampleFiles.ReadFile("samples/order.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, list := Inspect("order.yaml", src, sampleRefs())
	if f == nil {
		t.Fatal(list)
	}
	trial := Trial{At: monday, From: "13957112345", Ask: true}
	at := func(node string, kind WaitKind) *TrialWait {
		t.Helper()
		got := f.Try(trial, Env{})
		if got.End != EndWaits || got.Waits == nil || got.Waits.Node != node || got.Waits.For != kind {
			t.Fatalf("%s %+v", got.Where(), got.Waits)
		}
		return got.Waits
	}
	if w := at("输入订单号", WaitKeys); w.Min != 4 || w.Max != 16 || w.Terminators != "#" || w.Keys != nil {
		t.Errorf("%+v", w)
	}
	trial.Keys = []string{"1001#"}
	if w := at("核对", WaitKeys); !slices.Equal(w.Keys, []string{"1", "2"}) {
		t.Errorf("%+v", w)
	}
	trial.Keys = append(trial.Keys, "1")
	at("查询", WaitAnswer)
	if sent := f.Try(trial, Env{}).Sent; len(sent) != 1 || sent[0].URL != "https://crm.example.com/orders/1001?phone=13957112345" {
		t.Errorf("%+v", sent)
	}
	trial.Answers = []Fetched{{Status: 200, Body: `{"data":{"status":"unpaid","amount":3}}`}}
	at("继续", WaitKeys)
	trial.Keys = append(trial.Keys, "0")
	if w := at("人工", WaitPerson); w.Place != EndGroup || !slices.Equal(w.Then, []string{"answered", "no_agent", "timeout", "full"}) {
		t.Errorf("%+v", w)
	}
	trial.Then = []string{"full"}
	got := f.Try(trial, Env{})
	if got.End != EndHangup || got.Waits != nil {
		t.Errorf("%s %+v", got.Where(), got.Waits)
	}
	sets := map[string]string{}
	for _, s := range got.Steps {
		if s.Node == "输入订单号" && !maps.Equal(s.Set, map[string]string{"订单号": "1001"}) {
			t.Errorf("%+v", s)
		}
		maps.Copy(sets, s.Set)
	}
	if !maps.Equal(sets, got.Vars) || sets["金额"] != "3" {
		t.Errorf("steps set %v, in all %v", sets, got.Vars)
	}
}

func TestTrialsAskForKeysInAQueue(t *testing.T) {
	f, list := Inspect("w.yaml", []byte(waitingFlow), sampleRefs())
	if f == nil {
		t.Fatal(list)
	}
	trial := Trial{At: monday, From: "13957112345", Ask: true}
	got := f.Try(trial, Env{})
	if got.Waits == nil || got.Waits.Place != EndGroup || !slices.Equal(got.Waits.Keys, []string{"2", "*", "1"}) {
		t.Fatalf("%+v", got.Waits)
	}
	trial.Then = []string{"9", "1"} // 9 means nothing
	if got = f.Try(trial, Env{}); got.End != EndHangup || got.Callback != "13957112345" {
		t.Errorf("%+v", got)
	}
}

// Step by step or at once: the caller gets to the same end.
func TestAskingChangesNothing(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 5))
	for range 400 {
		f, list := Parse("r.yaml", []byte(randomFlow(r, 1+r.IntN(10))))
		if f == nil {
			t.Fatalf("seed %d: %v", seed, list)
		}
		env := Env{Flow: func(string) (*Flow, int64, int64) { return part(), 2, 1 }}
		trial := Trial{At: monday, From: "13957112345", Ask: true}
		got := f.Try(trial, env)
		for i := 0; got.Waits != nil && i < 60; i++ {
			switch w := got.Waits; w.For {
			case WaitKeys:
				trial.Keys = append(trial.Keys, append(w.Keys, "", "77#")[r.IntN(len(w.Keys)+2)])
			case WaitPerson:
				trial.Then = append(trial.Then, w.Then[r.IntN(len(w.Then))])
			default:
				trial.Answers = append(trial.Answers, Fetched{Status: 200 + 204*r.IntN(2), Body: `{"a":{"b":"x"}}`})
			}
			got = f.Try(trial, env)
		}
		if got.Waits != nil {
			continue
		}
		trial.Ask = false
		if again := f.Try(trial, env); !reflect.DeepEqual(got, again) {
			t.Fatalf("seed %d:\n%+v\n%+v", seed, got, again)
		}
	}
}
