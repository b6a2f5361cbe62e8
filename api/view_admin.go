package api

import "time"

// NumberView is a service number that callers dial.
type NumberView struct {
	ID      int64  `json:"id"`
	Number  string `json:"number"`
	Name    string `json:"name"`
	FlowID  int64  `json:"flow_id,omitempty" doc:"0 or absent: callers hear the fallback"`
	Flow    string `json:"flow,omitempty"`
	Enabled bool   `json:"enabled"`

	Entries []EntryView `json:"entries" doc:"flows that answer at their times, in this order; else the flow above"`
	Now     AnswerView  `json:"now" doc:"who would answer now"`
}

// NumberInput makes or changes a service number.
type NumberInput struct {
	Number  string `json:"number" minLength:"1" maxLength:"30"`
	Name    string `json:"name" maxLength:"100"`
	FlowID  int64  `json:"flow_id,omitempty" minimum:"0"`
	Enabled bool   `json:"enabled"`

	Entries []EntryView `json:"entries,omitempty" maxItems:"30"`
}

// GroupView is a skill group. Times are in seconds.
type GroupView struct {
	ID             int64         `json:"id"`
	Name           string        `json:"name"`
	Strategy       string        `json:"strategy" enum:"longest_idle,round_robin,fewest_calls,fixed_order,random,ring_all,skill_level"`
	LastAgentFirst bool          `json:"last_agent_first" doc:"a caller first goes to who served them last"`
	WaitLimit      int           `json:"wait_limit" doc:"seconds a caller may wait; 0 is no limit"`
	RingTime       int           `json:"ring_time" doc:"seconds an agent rings"`
	WrapUp         int           `json:"wrap_up" doc:"seconds of wrap-up after a call"`
	MaxWrapUp      int           `json:"max_wrap_up" doc:"seconds that wrap-up may be extended to"`
	MaxWaiting     int           `json:"max_waiting" doc:"callers that may wait; 0 is no limit"`
	AfterMiss      string        `json:"after_miss" enum:"busy,again" doc:"what an unanswered ring does to the agent"`
	AnnounceEvery  int           `json:"announce_every" doc:"seconds between announcements of the position; 0 is never"`
	OnNoAgent      GroupExit     `json:"on_no_agent"`
	OnTimeout      GroupExit     `json:"on_timeout"`
	OnFull         GroupExit     `json:"on_full"`
	AskPause       int           `json:"ask_pause" doc:"seconds before an agent who missed a call is asked for that call again"`
	EmptyLimit     int           `json:"empty_limit" doc:"seconds a caller waits while nobody is signed in; 0: until wait_limit"`
	NeedWorking    bool          `json:"need_working" doc:"agents who are all away count as nobody there"`
	Music          string        `json:"music,omitempty"`
	Greeting       string        `json:"greeting,omitempty" doc:"prompt played once on entering"`
	TellAgentNo    bool          `json:"tell_agent_number" doc:"报工号: the caller hears the agent's number"`
	SurveyAfter    bool          `json:"survey_after" doc:"the caller is asked for a rating once the agent has hung up, unless the flow goes on by itself"`
	Members        []GroupMember `json:"members"`
}

// GroupExit says where a caller goes who can't be served.
type GroupExit struct {
	Kind  string `json:"kind" enum:"flow,group,voicemail,hangup" doc:"flow: the flow node's own exit"`
	Group int64  `json:"group,omitempty" minimum:"0" doc:"for kind group"`
}

// GroupMember is an agent's place in a group.
type GroupMember struct {
	Agent  int64  `json:"agent" minimum:"1"`
	Name   string `json:"name,omitempty" readOnly:"true"`
	Number string `json:"number,omitempty" readOnly:"true"`
	Level  int    `json:"level" minimum:"1" maximum:"10" default:"1" doc:"skill level; higher is better"`
	Order  int    `json:"order" minimum:"0" maximum:"15000" doc:"place in the fixed order"`
}

// GroupInput makes or changes a skill group with its members.
type GroupInput struct {
	Name           string        `json:"name" minLength:"1" maxLength:"100"`
	Strategy       string        `json:"strategy" enum:"longest_idle,round_robin,fewest_calls,fixed_order,random,ring_all,skill_level"`
	LastAgentFirst bool          `json:"last_agent_first,omitempty"`
	WaitLimit      int           `json:"wait_limit" minimum:"0" maximum:"86400"`
	RingTime       int           `json:"ring_time" minimum:"3" maximum:"300"`
	WrapUp         int           `json:"wrap_up" minimum:"0" maximum:"3600"`
	MaxWrapUp      int           `json:"max_wrap_up,omitempty" minimum:"0" maximum:"7200"`
	MaxWaiting     int           `json:"max_waiting" minimum:"0" maximum:"1000000"`
	AfterMiss      string        `json:"after_miss" enum:"busy,again"`
	AnnounceEvery  int           `json:"announce_every,omitempty" minimum:"0" maximum:"600"`
	OnNoAgent      GroupExit     `json:"on_no_agent"`
	OnTimeout      GroupExit     `json:"on_timeout"`
	OnFull         GroupExit     `json:"on_full"`
	AskPause       int           `json:"ask_pause,omitempty" minimum:"0" maximum:"3600"`
	EmptyLimit     int           `json:"empty_limit,omitempty" minimum:"0" maximum:"86400"`
	NeedWorking    bool          `json:"need_working,omitempty"`
	Music          string        `json:"music,omitempty" maxLength:"200"`
	Greeting       string        `json:"greeting,omitempty" maxLength:"100"`
	TellAgentNo    bool          `json:"tell_agent_number,omitempty"`
	SurveyAfter    bool          `json:"survey_after,omitempty"`
	Members        []GroupMember `json:"members" maxItems:"15000"`
}

// FlowView is a flow and which of its versions callers hear.
type FlowView struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	Active    int64     `json:"active,omitempty" doc:"number of the version in force; absent if none is"`
	Latest    int64     `json:"latest" doc:"number of the newest version; 0: there is only a draft"`
	UpdatedAt time.Time `json:"updated_at"`
	Numbers   []string  `json:"numbers" doc:"service numbers that use it"`

	Draft *FlowDraftMark `json:"draft,omitempty" doc:"work that is no version yet"`
}

// FlowDraftMark tells that somebody works on a flow.
type FlowDraftMark struct {
	Revision int64     `json:"revision"`
	SavedAt  time.Time `json:"saved_at"`
	SavedBy  string    `json:"saved_by,omitempty"`
}

// FlowVersionView is one uploaded version.
type FlowVersionView struct {
	Number    int64     `json:"number"`
	Active    bool      `json:"active"`
	File      string    `json:"file"`
	Checksum  string    `json:"checksum"`
	Note      string    `json:"note,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by,omitempty"`

	ActivatedAt *time.Time `json:"activated_at,omitempty"`
}

// FlowPage is a flow with the source of one version: the one in force, else
// the newest. A flow that has only a draft has version 0 and no source.
type FlowPage struct {
	FlowView
	Version FlowVersionView `json:"version"`
	Source  string          `json:"source"`
}

// FlowInput uploads a flow; an existing name gets a new version. Without a
// source it begins a new flow with a draft.
type FlowInput struct {
	Name   string `json:"name,omitempty" maxLength:"100" doc:"leave out to take the name in the file"`
	File   string `json:"file,omitempty" maxLength:"200" doc:"file name, for messages" example:"main.yaml"`
	Source string `json:"source,omitempty" maxLength:"5242880" doc:"the flow as YAML or JSON; left out, a new flow of that name begins"`
	Sample string `json:"sample,omitempty" maxLength:"100" doc:"the ready-made flow that a new one begins from"`
	Note   string `json:"note,omitempty" maxLength:"500"`
}

// FlowUploaded answers an upload that was taken.
type FlowUploaded struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	Number    int64     `json:"number" doc:"the new version, not in force until it is activated; 0 for a flow that has only a draft"`
	Unchanged bool      `json:"unchanged,omitempty" doc:"the newest version was this one already"`
	Problems  []Problem `json:"problems" doc:"warnings only"`
}

// FlowChecked answers a check.
type FlowChecked struct {
	OK       bool      `json:"ok"`
	Problems []Problem `json:"problems"`
}

// BlacklistView is a number whose calls are refused.
type BlacklistView struct {
	ID     int64     `json:"id"`
	Number string    `json:"number"`
	Reason string    `json:"reason,omitempty"`
	By     string    `json:"by,omitempty"`
	At     time.Time `json:"at"`
}

// BlacklistInput adds a number.
type BlacklistInput struct {
	Number string `json:"number" minLength:"1" maxLength:"30"`
	Reason string `json:"reason,omitempty" maxLength:"500"`
}

// TrunkView is a line to a carrier. Its password is never sent.
type TrunkView struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	Proxy       string `json:"proxy" example:"sip.example.com:5060"`
	Username    string `json:"username,omitempty"`
	HasPassword bool   `json:"has_password"`
	CallerID    string `json:"caller_id,omitempty" doc:"number shown to those called"`
	Prefix      string `json:"prefix,omitempty" doc:"put before each number that goes out"`
	Register    bool   `json:"register"`
	Enabled     bool   `json:"enabled"`
}

// TrunkInput makes or changes a trunk.
type TrunkInput struct {
	Name     string  `json:"name" minLength:"1" maxLength:"60"`
	Proxy    string  `json:"proxy" minLength:"1" maxLength:"200"`
	Username string  `json:"username,omitempty" maxLength:"100"`
	Password *string `json:"password,omitempty" maxLength:"100" doc:"leave out to keep"`
	CallerID string  `json:"caller_id,omitempty" maxLength:"30"`
	Prefix   string  `json:"prefix,omitempty" maxLength:"13"`
	Register bool    `json:"register,omitempty"`
	Enabled  bool    `json:"enabled"`
}

// PromptView is a recording that flows can play: the account's own, or one
// that comes with the product.
type PromptView struct {
	ID           int64       `json:"id,omitempty" doc:"absent for what comes with the product"`
	Name         string      `json:"name"`
	BuiltIn      bool        `json:"built_in"`
	Zh           string      `json:"zh,omitempty" doc:"what a recording of the product says"`
	En           string      `json:"en,omitempty"`
	Source       string      `json:"source,omitempty" enum:"upload,speech"`
	Original     string      `json:"original,omitempty" doc:"name of the uploaded file"`
	Text         string      `json:"text,omitempty" doc:"what is said, if it was spoken from a text"`
	Language     string      `json:"language,omitempty"`
	Voice        string      `json:"voice,omitempty"`
	Speed        int         `json:"speed,omitempty" doc:"percent"`
	Milliseconds int64       `json:"milliseconds,omitempty"`
	Bytes        int64       `json:"bytes,omitempty" doc:"of what callers hear: 8 kHz, A-law"`
	UsedBy       []PromptUse `json:"used_by" doc:"flows (in force or newest) and groups that name it"`
	UpdatedAt    *time.Time  `json:"updated_at,omitempty"`
	UpdatedBy    string      `json:"updated_by,omitempty"`
}

// PromptUse is what names a prompt.
type PromptUse struct {
	Kind string `json:"kind" enum:"flow,group"`
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// SpeechView is what can speak texts.
type SpeechView struct {
	Voices      []VoiceView `json:"voices" doc:"the first of a language is its usual one; none: text to speech is off"`
	LongestText int         `json:"longest_text" doc:"characters of one text"`
	PerDay      int         `json:"per_day" doc:"characters a day (UTC); 0: no limit"`
	UsedToday   int         `json:"used_today"`
}

// VoiceView is a voice.
type VoiceView struct {
	Name     string `json:"name"`
	Language string `json:"language"`
	Zh       string `json:"zh"`
	En       string `json:"en"`
}

// SpeechInput is a text to be spoken.
type SpeechInput struct {
	Text     string `json:"text" maxLength:"20000"`
	Voice    string `json:"voice,omitempty" maxLength:"60"`
	Language string `json:"language,omitempty" maxLength:"10" doc:"needed without a voice"`
	Speed    int    `json:"speed,omitempty" doc:"percent, 50 to 200; 100 if left out"`
}
