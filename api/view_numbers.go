package api

import (
	"time"

	"switchdesk/hours"
)

// EntryView is a line of a number's schedule; the first that holds answers.
type EntryView struct {
	Name       string       `json:"name" minLength:"1" maxLength:"60"`
	CalendarID int64        `json:"calendar_id,omitempty" minimum:"0" doc:"0 or absent: asks no calendar"`
	Calendar   string       `json:"calendar,omitempty" readOnly:"true"`
	State      string       `json:"state,omitempty" enum:",open,closed,holiday" doc:"what the calendar must be; closed includes holidays"`
	Dates      []DateSpan   `json:"dates,omitempty" maxItems:"100" doc:"absent: any date"`
	Spans      []hours.Span `json:"spans,omitempty" maxItems:"50" doc:"absent: any time"`
	FlowID     int64        `json:"flow_id" minimum:"0"`
	Flow       string       `json:"flow,omitempty" readOnly:"true"`
}

// DateSpan is a run of dates with both ends.
type DateSpan struct {
	From hours.Date `json:"from"`
	To   hours.Date `json:"to"`
}

// AnswerView says who answers a number: an entry of its schedule, or the
// number's own flow.
type AnswerView struct {
	Entry  int    `json:"entry" doc:"place in the schedule; -1: the number's own flow"`
	Name   string `json:"name,omitempty"`
	FlowID int64  `json:"flow_id,omitempty"`
	Flow   string `json:"flow,omitempty" doc:"absent: nobody, callers hear the fallback"`
}

// SlotView is a time in which the same entry answers.
type SlotView struct {
	AnswerView
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// DoubtView is something in a schedule that is probably not meant.
type DoubtView struct {
	Code  string     `json:"code" enum:"gap,past,never,hidden"`
	Entry int        `json:"entry" doc:"place in the schedule; -1: the whole"`
	By    int        `json:"by,omitempty" doc:"of hidden: the entry that answers instead"`
	At    *time.Time `json:"at,omitempty" doc:"of gap: when nobody answers first"`
}

// PreviewInput is a schedule that need not be kept.
type PreviewInput struct {
	FlowID  int64       `json:"flow_id,omitempty" minimum:"0"`
	Entries []EntryView `json:"entries,omitempty" maxItems:"30"`
	At      *time.Time  `json:"at,omitempty" doc:"who answers then; absent: now"`
	From    *time.Time  `json:"from,omitempty" doc:"where the slots begin; absent: now"`
	Days    int         `json:"days,omitempty" minimum:"0" maximum:"31" doc:"how many days of slots; 0: seven"`
}

// Preview is what a schedule does.
type Preview struct {
	At     AnswerView  `json:"at"`
	Slots  []SlotView  `json:"slots"`
	Doubts []DoubtView `json:"doubts"`
}

// NumberListInput is a list of numbers as a file.
type NumberListInput struct {
	Data []byte `json:"data" maxLength:"2000000" doc:"CSV in UTF-8 or GB18030, as base64: number, name, flow, on or off"`
	Dry  bool   `json:"dry,omitempty" doc:"only say what would be done"`
}

// NumberListDone says what a list did. With problems nothing was changed.
type NumberListDone struct {
	Added    int           `json:"added"`
	Changed  int           `json:"changed"`
	Problems []LineProblem `json:"problems"`
}

// LineProblem is a line of a file that can't be taken.
type LineProblem struct {
	Line int    `json:"line"`
	Code string `json:"code"`
	Text string `json:"text,omitempty" doc:"what stood there"`
}

// AssignInput changes many numbers at once; what is absent stays.
type AssignInput struct {
	IDs     []int64 `json:"ids" minItems:"1" maxItems:"1000"`
	FlowID  *int64  `json:"flow_id,omitempty" minimum:"0"`
	Enabled *bool   `json:"enabled,omitempty"`
	LikeID  int64   `json:"like_id,omitempty" minimum:"0" doc:"take over this number's schedule"`
}

// AccountLoad is how far the limit of inbound calls is used.
type AccountLoad struct {
	Live    int `json:"live" doc:"inbound calls now"`
	Limit   int `json:"limit" doc:"0: none"`
	Refused int `json:"refused" doc:"calls refused for the limit today"`
}

// CalendarInput makes or changes a calendar.
type CalendarInput struct {
	Name     string       `json:"name" minLength:"1" maxLength:"60"`
	Timezone string       `json:"timezone,omitempty" maxLength:"60" doc:"absent: the account's"`
	Weekly   []hours.Span `json:"weekly" maxItems:"50"`
	Days     []hours.Day  `json:"days" maxItems:"500" doc:"holidays, make-up workdays and days with times of their own"`
}

// CalendarView is a calendar, and how it stands now.
type CalendarView struct {
	ID int64 `json:"id"`
	CalendarInput
	Open      bool       `json:"open"`
	Holiday   string     `json:"holiday,omitempty" doc:"name of today's special day"`
	ChangesAt *time.Time `json:"changes_at,omitempty" doc:"when it opens or closes next; absent: not within a year"`
	Numbers   []string   `json:"numbers" doc:"service numbers whose schedule asks it"`
}

// CalendarPreset is a list of days to take over.
type CalendarPreset struct {
	Key  string      `json:"key"`
	Zh   string      `json:"zh"`
	En   string      `json:"en"`
	Days []hours.Day `json:"days"`
}

// DaysInput is a list of days as a file.
type DaysInput struct {
	Data []byte `json:"data" maxLength:"700000" doc:"text, CSV or iCalendar in UTF-8 or GB18030, as base64"`
}

// DaysRead is what a list of days holds; nothing is kept.
type DaysRead struct {
	Days     []hours.Day   `json:"days"`
	Problems []LineProblem `json:"problems"`
}
