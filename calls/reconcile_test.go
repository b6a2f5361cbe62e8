package calls

import (
	"testing"
	"time"

	"switchdesk/esl"
)

// inMenu is a call whose caller is being asked for keys.
func inMenu(o *Effects) *Call {
	c := &Call{ID: "c", Account: 1, Direction: In, Stage: IVR, Since: monday, Started: monday}
	c.Customer = Leg{UUID: "leg", State: LegUp, Created: monday, Answered: monday}
	c.Collect(o, esl.CollectDigits{Files: []string{"menu"}, Min: 1, Max: 1, Timeout: 5 * time.Second}, monday)
	o.Reset()
	return c
}

func afterRestart(c *Call, o *Effects, now time.Time) {
	ch := &esl.Channel{UUID: "leg", Inbound: true, CallSt: "ACTIVE", App: "play_and_get_digits"}
	c.Reconcile(func(string) *esl.Channel { return ch }, true, o, now)
}

// The switch ends at once what is ordered while it still leaves the old
// application: nothing may be played between the order to park and the park.
func TestAfterARestartTheStepIsPlayedOnceTheCallerIsParked(t *testing.T) {
	o := &Effects{}
	c := inMenu(o)
	now := monday.Add(time.Minute)
	afterRestart(c, o, now)
	if len(o.News) != 0 {
		t.Fatalf("told before the park: %+v", o.News)
	}
	parks := 0
	for _, cmd := range o.Commands {
		switch cmd.(type) {
		case esl.ParkLeg:
			parks++
		case esl.PlayFiles, esl.CollectDigits:
			t.Errorf("%T ordered before the park", cmd)
		}
	}
	if parks != 1 {
		t.Fatalf("%d orders to park, want 1", parks)
	}
	// What was running ends; that is no answer to anything.
	c.On(&esl.Event{Kind: esl.ExecuteComplete, UUID: "leg", AppID: "c-1"}, o, now)
	if len(o.News) != 0 {
		t.Fatalf("the old question's end was taken for an answer: %+v", o.News)
	}
	c.On(&esl.Event{Kind: esl.Park, UUID: "leg"}, o, now)
	if len(o.News) != 1 || o.News[0].What != Replay {
		t.Fatalf("news after the park: %+v, want one replay", o.News)
	}
}

func TestAParkThatNeverComesHoldsUpNobody(t *testing.T) {
	o := &Effects{}
	c := inMenu(o)
	now := monday.Add(time.Minute)
	afterRestart(c, o, now)
	o.Reset()
	if at := c.Next(); at.After(now.Add(replayGrace)) {
		t.Fatalf("nothing is due before %v", at)
	}
	c.Due(o, now.Add(replayGrace))
	if len(o.News) != 1 || o.News[0].What != Replay {
		t.Fatalf("news: %+v, want one replay", o.News)
	}
}

func TestARegularAuditTouchesNoPrompt(t *testing.T) {
	o := &Effects{}
	c := inMenu(o)
	ch := &esl.Channel{UUID: "leg", Inbound: true, CallSt: "ACTIVE"}
	c.Reconcile(func(string) *esl.Channel { return ch }, false, o, monday.Add(time.Minute))
	if len(o.Commands) != 0 || len(o.News) != 0 {
		t.Errorf("an audit ordered %v and told %v", o.Commands, o.News)
	}
}
