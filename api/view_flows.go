package api

import (
	"encoding/json"
	"time"

	"switchdesk/flows"
)

// FlowText is a flow as text, or as the same in JSON. One of source and
// document is given.
type FlowText struct {
	File     string          `json:"file,omitempty" maxLength:"200" doc:"file name, for messages" example:"main.yaml"`
	Source   string          `json:"source,omitempty" maxLength:"5242880" doc:"the flow as YAML or JSON text"`
	Document json.RawMessage `json:"document,omitempty" doc:"the flow as JSON; it is kept as YAML"`
}

// FlowDraftInput saves the work on a flow.
type FlowDraftInput struct {
	FlowText
	Revision int64 `json:"revision" minimum:"0" doc:"the revision that this work began from; 0 if none was saved"`
}

// FlowDraftSaved is what is known of a draft besides its content.
type FlowDraftSaved struct {
	Revision int64     `json:"revision" doc:"0: nothing is saved, the content is the newest version's"`
	Base     int64     `json:"base" doc:"number of the version that the work began from; 0 if there was none"`
	Changed  bool      `json:"changed" doc:"it is not the same as the newest version"`
	SavedAt  time.Time `json:"saved_at"`
	SavedBy  string    `json:"saved_by,omitempty"`
	Problems []Problem `json:"problems"`
}

// FlowDraft is the work on a flow that is no version yet.
type FlowDraft struct {
	FlowDraftSaved
	File     string          `json:"file"`
	Source   string          `json:"source"`
	Document json.RawMessage `json:"document,omitempty" doc:"the same as JSON; absent if it can't be read"`
}

// FlowDraftTheirs is the draft that somebody else saved meanwhile.
type FlowDraftTheirs struct {
	Revision int64     `json:"revision"`
	SavedBy  string    `json:"saved_by,omitempty"`
	SavedAt  time.Time `json:"saved_at"`
}

// FlowPublishInput makes a version of the draft.
type FlowPublishInput struct {
	Revision int64  `json:"revision" minimum:"1" doc:"the draft's revision"`
	Note     string `json:"note,omitempty" maxLength:"500"`
}

// FlowConverted is a flow as text and as JSON.
type FlowConverted struct {
	Source   string          `json:"source"`
	Document json.RawMessage `json:"document,omitempty" doc:"absent if the text can't be read"`
	Problems []Problem       `json:"problems"`
}

// FlowSpec is everything that a flow may be made of.
type FlowSpec struct {
	Kinds    []flows.Spec `json:"kinds" doc:"kinds of nodes with their fields and exits"`
	Builtins []PromptView `json:"builtins" doc:"recordings that come with the product"`
	Tones    []string     `json:"tones"`
	Then     []string     `json:"then" doc:"what may become of a wait for a person in a trial"`
	Ends     []string     `json:"ends" doc:"where a trial may end"`
}

// FlowTrial is a caller who is played through a flow.
type FlowTrial struct {
	At          string            `json:"at,omitempty" maxLength:"20" example:"2026-10-01 09:00" doc:"in the enterprise's own time; now if left out"`
	From        string            `json:"from,omitempty" maxLength:"40"`
	To          string            `json:"to,omitempty" maxLength:"40"`
	Region      string            `json:"region,omitempty" maxLength:"60" doc:"worked out from the number if left out"`
	Blacklisted bool              `json:"blacklisted,omitempty"`
	Repeat      bool              `json:"repeat,omitempty" doc:"called before"`
	Customer    map[string]string `json:"customer,omitempty" maxProperties:"20"`
	Hours       map[string]bool   `json:"hours,omitempty" maxProperties:"50" doc:"named opening hours that are open; others are closed"`
	Keys        []string          `json:"keys,omitempty" maxItems:"200" doc:"pressed at each question; empty for none"`
	Then        []string          `json:"then,omitempty" maxItems:"100" doc:"what becomes of each wait for a person"`
	Answers     []FlowTrialAnswer `json:"answers,omitempty" maxItems:"100" doc:"what look-ups get, in order; nothing is ever sent"`
	LastAgent   string            `json:"last_agent,omitempty" maxLength:"20"`
	NoMessage   bool              `json:"no_message,omitempty" doc:"leaves no message where one is asked for"`
}

// FlowTrialAnswer is what a look-up gets in a trial.
type FlowTrialAnswer struct {
	Status int    `json:"status,omitempty" minimum:"0" maximum:"599"`
	Body   string `json:"body,omitempty" maxLength:"65536"`
	Why    string `json:"why,omitempty" maxLength:"200" doc:"why there is no answer"`
}

// FlowTryInput tries a flow that need not be kept.
type FlowTryInput struct {
	FlowText
	Trial FlowTrial `json:"trial"`
	Wait  bool      `json:"wait,omitempty" doc:"stop at the next question instead of pressing nothing"`
}

// FlowCasesResult is what came of a flow's saved cases.
type FlowCasesResult struct {
	Cases []FlowCaseResult `json:"cases"`
}

// FlowCaseResult is what came of one saved case.
type FlowCaseResult struct {
	Name  string      `json:"name"`
	OK    bool        `json:"ok"`
	Why   string      `json:"why,omitempty" doc:"the first thing that is not as expected"`
	Tried flows.Tried `json:"tried"`
}

// FlowActivation is how a version is put in force.
type FlowActivation struct {
	Force  bool   `json:"force,omitempty" doc:"although saved cases fail; needs a reason and is logged"`
	Reason string `json:"reason,omitempty" maxLength:"500"`
}

// FlowRename gives a flow another name.
type FlowRename struct {
	Name string `json:"name" minLength:"1" maxLength:"100"`
}

// Use is something that leads to what was to be changed or removed.
type Use struct {
	Kind string `json:"kind" enum:"number,flow,account" doc:"account: the satisfaction flow of the enterprise"`
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// FlowFaults is a version in force that no longer holds.
type FlowFaults struct {
	ID       int64     `json:"id"`
	Name     string    `json:"name"`
	Version  int64     `json:"version"`
	Problems []Problem `json:"problems"`
}

// FlowDiff is the difference between two versions.
type FlowDiff struct {
	From    FlowDiffSide   `json:"from"`
	To      FlowDiffSide   `json:"to"`
	Changes []flows.Change `json:"changes"`
}

// FlowDiffSide is one of two versions that are compared.
type FlowDiffSide struct {
	Number   int64           `json:"number" doc:"0: the draft"`
	Document json.RawMessage `json:"document,omitempty"`
}

// FlowSample is a ready-made flow to begin with.
type FlowSample struct {
	Name     string          `json:"name"`
	Title    flows.Text      `json:"title"`
	Help     flows.Text      `json:"help"`
	Source   string          `json:"source"`
	Document json.RawMessage `json:"document,omitempty"`
}
