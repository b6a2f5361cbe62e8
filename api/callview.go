package api

import (
	"sort"
	"strconv"

	"switchdesk/calls"
)

func callView(r calls.Record) CallView {
	return CallView{
		ID: r.ID, Direction: string(r.Direction), From: r.From, To: r.To, Service: r.Service,
		Region: r.Region, Flow: r.FlowName, GroupID: r.GroupID, Group: r.GroupName,
		AgentID: r.AgentID, Agent: r.AgentName, CustomerID: r.CustomerID, Customer: r.CustomerName,
		Outcome: string(r.Outcome), StartedAt: r.StartedAt.UTC(), AnsweredAt: utc(r.AnsweredAt), EndedAt: r.EndedAt.UTC(),
		QueueSeconds: r.QueueSeconds, RingSeconds: r.RingSeconds, TalkSeconds: r.TalkSeconds,
		HoldSeconds: r.HoldSeconds, HangupCause: r.HangupCause, HangupBy: r.HangupBy,
		Recording: recordingState(r.RecordingState), Note: r.Note, Held: r.Held, Rating: r.Rating, RatingDetail: r.RatingDetail,
		RatingAsked: string(r.RatingAsked), CallbackOf: r.CallbackOf,
		Repeat: r.Repeat, TotalSeconds: r.TotalSeconds, Marked: r.Marked, Closed: r.ClosedAt != nil, StatusID: r.StatusID,
	}
}

func recordingState(state calls.RecState) string {
	if state == "" {
		return string(calls.RecNone)
	}
	return string(state)
}

func callPage(d calls.Details, names map[int64]string) CallPage {
	page := CallPage{CallView: callView(d.Record)}
	page.Trail = each(d.Steps, func(st calls.StepRow) CallStep {
		return CallStep{
			At: st.At.UTC(), Node: st.Node, Kind: st.Kind, Title: st.Title,
			Input: st.Input, Exit: st.Exit, Detail: st.Detail,
		}
	})
	page.Rings = each(d.Rings, func(r calls.RingRow) CallRing {
		return CallRing{
			At: r.At.UTC(), AgentID: r.AgentID, Agent: names[r.AgentID],
			Seconds: r.EndedAt.Sub(r.At).Seconds(), Result: r.Result,
		}
	})
	page.Legs = each(d.Legs, func(l calls.LegRow) CallLeg {
		ended := l.EndedAt.UTC()
		return CallLeg{
			ID: l.UUID, Role: l.Role, Number: l.Number, AgentID: l.AgentID, Agent: names[l.AgentID],
			StartedAt: l.StartedAt.UTC(), AnsweredAt: utc(l.AnsweredAt), EndedAt: &ended, Cause: l.Cause,
		}
	})
	page.Audio = recordingView(d)
	page.Log = callLog(d, names)
	return page
}

func recordingView(d calls.Details) *RecordingView {
	if d.Recording == nil {
		return nil
	}
	return &RecordingView{
		State: string(d.Recording.State), Seconds: d.Recording.Seconds, Bytes: d.Recording.Bytes,
		URL: "/api/calls/" + d.Record.ID + "/recording",
	}
}

// callLog tells the call as a story: its beginning, stays in groups, rings,
// legs and end, in order of time.
func callLog(d calls.Details, names map[int64]string) []CallLogLine {
	log := []CallLogLine{{At: d.Record.StartedAt.UTC(), What: "call.started", Who: d.Record.From, Detail: d.Record.To}}
	for _, v := range d.Visits {
		log = append(log, CallLogLine{At: v.EnteredAt.UTC(), What: "queue.entered", Detail: groupName(d.Record, v.GroupID)})
		if !v.LeftAt.IsZero() {
			log = append(log, CallLogLine{At: v.LeftAt.UTC(), What: "queue.left", Detail: v.Why})
		}
	}
	for _, r := range d.Rings {
		log = append(log, CallLogLine{At: r.At.UTC(), What: "ring.began", Who: names[r.AgentID]})
		if r.Result != "" && !r.EndedAt.IsZero() {
			log = append(log, CallLogLine{At: r.EndedAt.UTC(), What: "ring." + r.Result, Who: names[r.AgentID], Detail: r.Cause})
		}
	}
	for _, l := range d.Legs {
		who := l.Number
		if name := names[l.AgentID]; name != "" {
			who = name
		}
		if l.AnsweredAt != nil {
			log = append(log, CallLogLine{At: l.AnsweredAt.UTC(), What: "leg.answered", Who: who, Detail: l.Role})
		}
		if !l.EndedAt.IsZero() {
			log = append(log, CallLogLine{At: l.EndedAt.UTC(), What: "leg.ended", Who: who, Detail: l.Cause})
		}
	}
	log = append(log, CallLogLine{
		At: d.Record.EndedAt.UTC(), What: "call.ended", Who: d.Record.HangupBy, Detail: string(d.Record.Outcome),
	})
	sort.SliceStable(log, func(i, j int) bool { return log[i].At.Before(log[j].At) })
	return log
}

func groupName(r calls.Record, group int64) string {
	if group == r.GroupID && r.GroupName != "" {
		return r.GroupName
	}
	return strconv.FormatInt(group, 10)
}
