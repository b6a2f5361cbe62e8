package calls

import (
	"strconv"
	"time"

	"switchdesk/esl"
)

// Times that bound how long the switch may take.
const (
	fuseLength   = 60 * time.Second // dead man's timer on a held leg (R6 of the goals)
	fuseRenewal  = 25 * time.Second
	ringGrace    = 5 * time.Second  // beyond the switch's own ring timeout
	joinGrace    = 5 * time.Second  // for a bridge to come about
	tellAtMost   = 10 * time.Second // what is said before a talk
	replayGrace  = 2 * time.Second  // for the park before what was heard is played again
	partGrace    = 2 * time.Second  // after the agent's leg, for the customer's park or hang-up
	doubtGrace   = time.Second      // for the hang-up of a leg that the switch doesn't know any more
	killRetry    = 3 * time.Second  // between hang-up orders for one leg
	mediaAtMost  = 10 * time.Minute
	collectSlack = 3 * time.Minute // longest prompt before keys are counted
)

// afterTalk is where the static dialplan parks a customer whose talk is over.
const afterTalk = "after:XML:switchdesk"

// Take begins the control of a customer's parked leg: marks it as ours and
// lights the dead man's fuse.
func (c *Call) Take(o *Effects, now time.Time) {
	o.do(esl.SetVars{UUID: c.Customer.UUID, Vars: map[string]string{
		"sd_call":       c.ID,
		"sd_role":       "caller",
		"sd_account":    strconv.FormatInt(c.Account, 10),
		"RECORD_STEREO": "true",
		// The switch throws shorter recordings away, 3 s if it isn't told.
		"RECORD_MIN_SEC": "0",
	}})
	c.renewFuse(o, now)
}

func (c *Call) renewFuse(o *Effects, now time.Time) {
	if !c.Customer.live() {
		return
	}
	c.Fuse = now.Add(fuseRenewal)
	o.do(esl.DeadMan{UUID: c.Customer.UUID, After: fuseLength})
}

func (c *Call) dropFuse(o *Effects) {
	if c.Fuse.IsZero() || !c.Customer.live() {
		return
	}
	c.Fuse = time.Time{}
	o.do(esl.DeadMan{UUID: c.Customer.UUID})
}

func (c *Call) pickUp(o *Effects, now time.Time) {
	if c.Customer.State == LegRinging || c.Customer.State == LegNew {
		o.do(esl.AnswerLeg{UUID: c.Customer.UUID})
		c.Customer.State, c.Customer.Answered = LegUp, now
	}
}

func (c *Call) nextMedia(kind MediaKind, expires time.Time, o *Effects) string {
	if c.Media.Kind == Music {
		o.do(esl.Break{UUID: c.Customer.UUID})
	}
	c.Replay = time.Time{}
	c.Seq++
	id := c.ID + "-" + strconv.Itoa(c.Seq)
	c.Media = Media{ID: id, Kind: kind, Expires: expires}
	return id
}

// Play answers the customer if need be and plays files; MediaDone with the
// returned id follows, whatever the switch does.
func (c *Call) Play(o *Effects, files []string, now time.Time) string {
	c.pickUp(o, now)
	id := c.nextMedia(Playing, now.Add(mediaAtMost), o)
	o.do(esl.PlayFiles{UUID: c.Customer.UUID, ID: id, Files: files})
	return id
}

// Collect plays files and reads keys; MediaDone follows.
func (c *Call) Collect(o *Effects, q esl.CollectDigits, now time.Time) string {
	c.pickUp(o, now)
	limit := q.Timeout + time.Duration(q.Max)*q.InterDigit + collectSlack
	q.ID = c.nextMedia(Collecting, now.Add(limit), o)
	q.UUID = c.Customer.UUID
	c.Media.Min = q.Min
	o.do(q)
	return q.ID
}

// PlayMusic lets the customer hear music until something else is played.
func (c *Call) PlayMusic(o *Effects, files []string, now time.Time) {
	c.pickUp(o, now)
	id := c.nextMedia(Music, time.Time{}, o)
	c.Media.Files = files
	o.do(esl.PlayFiles{UUID: c.Customer.UUID, ID: id, Files: files, Loop: true})
}

// Announce interrupts the music, plays files and goes on with the music.
func (c *Call) Announce(o *Effects, files []string, now time.Time) {
	if c.Media.Kind != Music {
		return
	}
	music := c.Media.Files
	c.Play(o, files, now)
	c.Media.After = music
}

// Offer rings an agent's phone (agent 0: an outside number) for the customer.
// OfferUp or OfferFailed follows.
func (c *Call) Offer(o *Effects, leg Leg, group int64, dial esl.Originate, now time.Time) {
	leg.State, leg.Created = LegNew, now
	leg.Timeout = dial.Timeout
	c.Others = append(c.Others, leg)
	c.Rings = append(c.Rings, Ring{Agent: leg.Agent, Group: group, At: now})
	if c.Stage != Ringing {
		c.enter(Ringing, now)
	}
	dial.UUID = leg.UUID
	o.do(dial)
}

// Withdraw takes an offer back from an agent's phone: the ring is noted as
// why ("withdrawn", "refused").
func (c *Call) Withdraw(o *Effects, agent int64, why string, now time.Time) {
	if l := c.LegOf(agent); l != nil && l.UUID != c.InHand {
		l.Why = why
		cause := "ORIGINATOR_CANCEL"
		if why == "refused" {
			cause = "CALL_REJECTED"
		}
		c.kill(o, l, cause, now)
	}
}

func (c *Call) kill(o *Effects, l *Leg, cause string, now time.Time) {
	if !l.live() {
		return
	}
	l.KillAt, l.Kills = now, l.Kills+1
	o.do(esl.HangupLeg{UUID: l.UUID, Cause: cause})
}

// Refuse ends a call that nobody will take: blacklist, limit.
func (c *Call) Refuse(o *Effects, verdict Outcome, cause string, now time.Time) {
	c.Verdict = verdict
	c.HangUp(o, "system", cause, now)
}

// HangUp ends the whole call.
func (c *Call) HangUp(o *Effects, by, cause string, now time.Time) {
	if c.Stage == Over {
		return
	}
	if c.HangupBy == "" {
		c.HangupBy = by
	}
	if c.Cause == "" {
		c.Cause = cause
	}
	c.stopTalk(now)
	c.enter(Ending, now)
	c.kill(o, &c.Customer, cause, now)
	for i := range c.Others {
		c.kill(o, &c.Others[i], cause, now)
	}
	c.finishIfOver(o, now)
}

// EndTalk hangs up the agent's side only; TalkOver follows once it is gone,
// and the customer is still there.
func (c *Call) EndTalk(o *Effects, now time.Time) {
	l := c.Leg(c.InHand)
	if l == nil {
		return
	}
	if c.joining() {
		c.Parting = true
		return
	}
	c.kill(o, l, "NORMAL_CLEARING", now)
}

// joining tells whether a bridge has been ordered and is not there yet. To
// hang up one of the two then would take the other with it.
func (c *Call) joining() bool { return c.Stage == Talking && !c.JoinBy.IsZero() && !c.Unjoined }

// Hold parts customer and agent: music for one, silence for the other. It
// reports whether the call was in a talk.
func (c *Call) Hold(o *Effects, now time.Time) bool {
	if c.Stage != Talking || c.Parting {
		return false
	}
	if c.joining() || c.Unjoined {
		c.HoldSoon = true
		return true
	}
	c.enter(Held, now)
	c.HeldAt = now
	c.Stretches = append(c.Stretches, Stretch{Kind: OnHold, Agent: c.Agent, From: now})
	o.do(esl.ParkLeg{UUID: c.Customer.UUID, Both: true})
	c.renewFuse(o, now)
	return true
}

// Resume joins them again; it reports whether the call was held.
func (c *Call) Resume(o *Effects, now time.Time) bool {
	if c.Stage == Talking && c.HoldSoon {
		c.HoldSoon = false
		return true
	}
	if c.Stage != Held {
		return false
	}
	c.HoldSum += now.Sub(c.HeldAt)
	c.HeldAt = time.Time{}
	c.endHold(now)
	c.enter(Talking, now)
	c.join(o, now)
	return true
}

func (c *Call) join(o *Effects, now time.Time) {
	c.Media = Media{}
	c.JoinBy = now.Add(joinGrace)
	c.Joins++
	c.Apart, c.Unjoined, c.Replay = false, false, time.Time{}
	c.dropFuse(o)
	if c.Direction == In || c.InFlow {
		// The switch forgets it when it has used it: told anew for each talk.
		o.do(esl.SetVars{UUID: c.Customer.UUID, Vars: map[string]string{"transfer_after_bridge": afterTalk}})
	}
	o.do(esl.BridgeLegs{A: c.Customer.UUID, B: c.InHand})
}

// Dial begins an agent's own call: the agent's phone first, then, once that
// has answered, the customer by DialCustomer.
func (c *Call) Dial(o *Effects, leg Leg, dial esl.Originate, now time.Time) {
	leg.State, leg.Created, leg.Timeout = LegNew, now, dial.Timeout
	c.Others = append(c.Others, leg)
	c.InHand, c.Agent = leg.UUID, leg.Agent
	c.enter(Dialling, now)
	dial.UUID = leg.UUID
	o.do(dial)
}

// DialCustomer calls the customer of an agent's own call; the agent hears
// ringback until then.
func (c *Call) DialCustomer(o *Effects, uuid string, dial esl.Originate, now time.Time) {
	if c.Customer.UUID != "" { // a call-back is tried again
		c.Past = append(c.Past, c.Customer)
	}
	c.Customer = Leg{Customer: true, UUID: uuid, Number: c.To, State: LegNew, Created: now, Timeout: dial.Timeout}
	dial.UUID = uuid
	o.do(esl.PlayFiles{UUID: c.InHand, ID: c.ID + "-ringback", Files: []string{RingbackTone}, Loop: true})
	o.do(dial)
}

// RingbackTone is what an agent hears while the customer's phone rings: the
// Chinese ringing tone, 450 Hz one second on, four off.
const RingbackTone = "tone_stream://%(1000,4000,450);loops=-1"

// Record starts the recording of the customer's leg in path.
func (c *Call) Record(o *Effects, path string, message bool, now time.Time) {
	if c.Rec != nil {
		return
	}
	c.Rec = &Recording{Path: path, Started: now, Message: message}
	o.do(esl.StartRecording{UUID: c.Customer.UUID, Path: path})
}

// StopRecord ends the recording before the hang-up does.
func (c *Call) StopRecord(o *Effects, now time.Time) {
	if c.Rec != nil && c.Rec.Stopped.IsZero() {
		o.do(esl.StopRecording{UUID: c.Customer.UUID, Path: c.Rec.Path})
	}
}

// EnterQueue notes that the caller waits in a group from now on.
func (c *Call) EnterQueue(group int64, now time.Time) {
	c.enter(Queued, now)
	c.Visits = append(c.Visits, Visit{Group: group, Entered: now})
}

// LeaveQueue notes why the waiting ended; the flow speaks again.
func (c *Call) LeaveQueue(why string, now time.Time) {
	if n := len(c.Visits); n > 0 && c.Visits[n-1].Left.IsZero() {
		c.Visits[n-1].Left, c.Visits[n-1].Why = now, why
	}
	if c.Stage == Queued || c.Stage == Ringing {
		c.enter(IVR, now)
	}
}

// BeginVoicemail notes that the caller was asked for a message.
func (c *Call) BeginVoicemail(now time.Time) {
	c.Message = true
	c.enter(Voicemail, now)
}

// BackToFlow notes that the flow speaks again, after a talk or a message.
func (c *Call) BackToFlow(now time.Time) { c.enter(IVR, now) }

// DeskDial begins an agent's own call that was dialled on the desk phone: the
// agent's leg is there already.
func (c *Call) DeskDial(o *Effects, leg Leg, now time.Time) {
	leg.State, leg.Created, leg.Answered = LegUp, now, now
	c.Others = append(c.Others, leg)
	c.InHand, c.Agent = leg.UUID, leg.Agent
	c.enter(Dialling, now)
	o.do(esl.DeadMan{UUID: leg.UUID})
	o.do(esl.AnswerLeg{UUID: leg.UUID})
	o.do(esl.SetVars{UUID: leg.UUID, Vars: map[string]string{"sd_call": c.ID, "sd_role": "agent", "hangup_after_bridge": "true"}})
}
