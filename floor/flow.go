package floor

import (
	"time"

	"switchdesk/calls"
	"switchdesk/esl"
	"switchdesk/flows"
)

// Defaults where a flow leaves a ring time out.
const (
	directRing   = 25 * time.Second
	outsideRing  = 40 * time.Second
	defaultQueue = 20 * time.Second // ring time of a group without one
)

// perform does the one thing that a flow wants next, once the words for it
// are there.
func (c *Core) perform(l *Live, action flows.Action, now time.Time) {
	c.noteAsking(l, action)
	if !c.speakFirst(l, action) {
		c.carryOut(l, action, now)
	}
}

func (c *Core) carryOut(l *Live, action flows.Action, now time.Time) {
	acc := c.set.Accounts[l.Call.Account]
	switch a := action.(type) {
	case flows.Play:
		l.Await, l.Doing = l.Call.Play(&c.eff, c.files(acc, a.Prompts), now), playing
	case flows.Collect:
		l.Await = l.Call.Collect(&c.eff, esl.CollectDigits{
			Files: c.files(acc, a.Prompts), Min: a.Min, Max: a.Max,
			Terminators: a.Terminators, Timeout: a.Timeout, InterDigit: a.InterDigit,
		}, now)
		l.Doing = collecting
	case flows.Enqueue:
		l.Hops, l.Offer = 0, newOffer(a)
		c.enqueue(l, c.groupOf(acc, a), a.Priority, now)
	case flows.RingAgent:
		c.ringDirect(l, acc, a, now)
	case flows.Dial:
		c.ringOutside(l, acc, a, now)
	case flows.Voicemail:
		l.Group = a.Group
		l.Call.MessageFor = a.Group
		c.voicemail(l, acc, a.Prompts, a.MaxSeconds, now)
	case flows.Fetch:
		c.fetch(l, a)
	case flows.Notify:
		c.notify(l, a, now)
	case flows.Rate:
		c.rate(l, a, now)
	case flows.Hangup:
		c.flowHangup(l, acc, a, now)
	default:
		c.note(l, "", "the flow gave no action")
		l.Call.HangUp(&c.eff, "system", "NORMAL_CLEARING", now)
	}
}

// files turns prompts into what the switch plays; without any, a short
// silence, so that there is something whose end is told.
func (c *Core) files(acc *Account, prompts []flows.Prompt) []string {
	if acc != nil {
		if files := c.sounds(acc, prompts); len(files) > 0 {
			return files
		}
	}
	return []string{"silence_stream://10"}
}

// sounds leaves out what there is no file for.
func (c *Core) sounds(acc *Account, prompts []flows.Prompt) []string {
	files := make([]string, 0, len(prompts))
	for _, p := range prompts {
		if p.Tone != "" {
			files = append(files, flows.Tones[p.Tone])
			continue
		}
		if file := c.set.PromptPath(acc.ID, p); file != "" {
			files = append(files, file)
		}
	}
	return files
}

func (c *Core) groupOf(acc *Account, a flows.Enqueue) int64 {
	if a.Group == 0 && acc != nil {
		id, _ := acc.groupNamed(a.Name)
		return id
	}
	return a.Group
}

func (c *Core) flowHangup(l *Live, acc *Account, a flows.Hangup, now time.Time) {
	if len(a.Prompts) > 0 {
		c.lastWords(l, c.files(acc, a.Prompts), now)
		return
	}
	cause := "NORMAL_CLEARING"
	switch a.Cause {
	case flows.CauseBusy:
		cause = "USER_BUSY"
	case flows.CauseRejected:
		cause = "CALL_REJECTED"
	}
	l.Call.HangUp(&c.eff, "system", cause, now)
}

// resume tells the flow what came of its last action and does the next.
func (c *Core) resume(l *Live, in flows.Input, now time.Time) {
	l.Await, l.Doing = "", nothing
	if l.Call.Gone || l.Call.Stage == calls.Ending || l.Call.Stage == calls.Over {
		return
	}
	if l.Passed != nil && unanswered(in) {
		c.passFailed(l, now)
		return
	}
	flow, acc := c.flowOf(l)
	if flow == nil || l.Run.Done {
		l.Call.HangUp(&c.eff, "system", "NORMAL_CLEARING", now)
		return
	}
	action, steps := flow.Resume(l.Run, in, c.env(l, acc, now))
	c.trail(l, steps)
	l.Call.BackToFlow(now)
	c.perform(l, action, now)
}

// unanswered tells whether an input says that nobody has taken the caller.
func unanswered(in flows.Input) bool {
	switch x := in.(type) {
	case flows.Ended:
		return !x.Answered
	case flows.Left:
		return true
	}
	return false
}

func (c *Core) flowOf(l *Live) (*flows.Flow, *Account) {
	acc := c.set.Accounts[l.Call.Account]
	switch {
	case l.Run == nil || acc == nil:
		return nil, acc
	case l.Run.FlowID == usualSurvey:
		return usualSurveyIn(acc.Language), acc
	case acc.FlowAt == nil:
		return nil, acc
	}
	return acc.FlowAt(l.Run.FlowID, l.Run.Version), acc
}

// again repeats the step at which a caller stands, after a restart.
func (c *Core) again(l *Live, now time.Time) {
	flow, acc := c.flowOf(l)
	switch {
	case l.Doing == parting || l.Call.Direction == calls.Out && !l.Call.InFlow:
		l.Call.HangUp(&c.eff, "system", "NORMAL_CLEARING", now)
	case l.Doing == taping:
		// What was said is kept; the caller can't tell how much that was.
		c.messageDone(l, now)
	case flow == nil || l.Run.Done:
		l.Call.HangUp(&c.eff, "system", "NORMAL_CLEARING", now)
	default:
		action, steps := flow.Again(l.Run, c.env(l, acc, now))
		c.trail(l, steps)
		c.perform(l, action, now)
	}
}

// mediaDone goes on once what the flow waited for has been heard.
func (c *Core) mediaDone(l *Live, n calls.News, now time.Time) {
	if n.ID == "" || n.ID != l.Await {
		return
	}
	switch l.Doing {
	case playing:
		if n.Cause == "failed" {
			c.resume(l, flows.Failed{What: "play"}, now)
			return
		}
		c.resume(l, flows.Played{}, now)
	case collecting:
		if n.Cause == "failed" {
			c.resume(l, flows.Failed{What: "collect"}, now)
			return
		}
		c.resume(l, flows.Digits{Value: n.Digits, TimedOut: n.Cause == "timeout"}, now)
	case leaveWord:
		c.tape(l, now)
	case taping:
		c.messageDone(l, now)
	case parting:
		l.Await, l.Doing = "", nothing
		l.Call.HangUp(&c.eff, "system", "NORMAL_CLEARING", now)
	}
}

const (
	beepTone   = "tone_stream://%(300,0,1000)"
	maxMessage = 300 // seconds
)

// voicemail asks for a message.
func (c *Core) voicemail(l *Live, acc *Account, prompts []flows.Prompt, max int, now time.Time) {
	if max <= 0 || max > maxMessage {
		max = maxMessage
	}
	l.Max = max
	l.Call.BeginVoicemail(now)
	files := append(c.files(acc, prompts), beepTone)
	l.Await, l.Doing = l.Call.Play(&c.eff, files, now), leaveWord
}

// tape records the message until a hash, the limit or the hang-up.
func (c *Core) tape(l *Live, now time.Time) {
	if c.set.RecordingPath != nil {
		l.Call.Record(&c.eff, c.set.RecordingPath(l.Call.Account, l.Call.ID, now), true, now)
	}
	l.Await = l.Call.Collect(&c.eff, esl.CollectDigits{
		Files: []string{"silence_stream://10"}, Min: 1, Max: 1, Terminators: "#",
		Timeout: time.Duration(l.Max) * time.Second, InterDigit: time.Second,
	}, now)
	l.Doing = taping
}

func (c *Core) messageDone(l *Live, now time.Time) {
	seconds := 0
	if r := l.Call.Rec; r != nil {
		seconds = int(now.Sub(r.Started).Seconds())
	}
	l.Call.StopRecord(&c.eff, now)
	c.resume(l, flows.VoicemailDone{Seconds: seconds}, now)
}
