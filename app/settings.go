package app

import (
	"context"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"switchdesk/accounts"
	"switchdesk/agents"
	"switchdesk/crm"
	"switchdesk/dialplan"
	"switchdesk/floor"
	"switchdesk/flows"
	"switchdesk/hours"
	"switchdesk/prompts"
	"switchdesk/queues"
)

// settings makes what the live floor must know of the tables.
type settings struct {
	domain     string
	music      string
	prompts    string // prompts folder as the switch sees it
	recordings string // recordings folder as the switch sees it
	accounts   *accounts.Service
	agents     *agents.Store
	groups     *queues.Store
	flows      *flows.Store
	numbers    *dialplan.Service
	hours      *hours.Service
	crm        *crm.Service
	sounds     *prompts.Service
}

// load reads everything; the result is the floor's own.
func (s *settings) load(ctx context.Context) (*floor.Settings, error) {
	set := &floor.Settings{
		Domain: s.domain, Music: s.music, Accounts: map[int64]*floor.Account{}, Numbers: map[string]*floor.Number{},
		PromptPath: s.promptPath, PromptReady: s.promptReady, RecordingPath: s.recordingPath, Normalise: dialplan.Normalize, Region: s.region,
	}
	if err := s.flows.Refresh(ctx); err != nil {
		return nil, err
	}
	if err := s.sounds.Refresh(ctx); err != nil {
		return nil, err
	}
	all, err := s.accounts.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	calendars := map[int64]map[int64]*hours.Times{} // by account
	for _, a := range all {
		if a.Disabled {
			continue
		}
		acc, err := s.account(ctx, a)
		if err == nil {
			calendars[a.ID], err = s.calendars(ctx, acc)
		}
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", a.Slug, err)
		}
		set.Accounts[a.ID] = acc
		if err := s.sayAhead(ctx, a.ID); err != nil {
			return nil, err
		}
	}
	numbers, err := s.numbers.AllNumbers(ctx)
	if err != nil {
		return nil, err
	}
	for _, n := range numbers {
		if !n.Enabled || set.Accounts[n.AccountID] == nil {
			continue
		}
		number := &floor.Number{Account: n.AccountID, Number: n.Number, FlowID: n.FlowID}
		if len(n.Entries) > 0 {
			schedule := n.Schedule(set.Accounts[n.AccountID].Zone, calendars[n.AccountID])
			number.Choose = func(now time.Time) (int64, string) {
				c := schedule.At(now)
				return c.FlowID, c.Name
			}
		}
		set.Numbers[n.Number] = number
	}
	return set, s.crm.Reload(ctx)
}

// calendars reads an account's calendars by id, and lets its flows ask them
// by name.
func (s *settings) calendars(ctx context.Context, acc *floor.Account) (map[int64]*hours.Times, error) {
	rows, err := s.hours.Calendars(ctx, acc.ID)
	if err != nil {
		return nil, err
	}
	byID, byName := map[int64]*hours.Times{}, map[string]*hours.Times{}
	for i := range rows {
		t := rows[i].Times(acc.Zone)
		byID[rows[i].ID], byName[rows[i].Name] = t, t
	}
	acc.Hours = func(name string, at time.Time) bool { t := byName[name]; return t != nil && t.Open(at) }
	acc.Holiday = func(name string, at time.Time) bool { t := byName[name]; return t != nil && t.OnHoliday(at) }
	return byID, nil
}

func (s *settings) account(ctx context.Context, a accounts.Account) (*floor.Account, error) {
	id := a.ID
	acc := &floor.Account{
		ID: id, Language: flowLanguage(a.Language), Zone: a.Location(), InboundLimit: a.InboundLimit, Survey: a.SurveyFlowID, WrapUp: 10 * time.Second,
		Groups: map[int64]queues.Group{}, Agents: map[int64]floor.Agent{},
		Blacklisted: func(number string) bool { return s.crm.Contains(id, number) },
	}
	groups, err := s.groups.Groups(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		acc.Groups[g.ID] = g
	}
	profiles, err := s.agents.Profiles(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, p := range profiles {
		acc.Agents[p.UserID] = floor.Agent{ID: p.UserID, Number: p.Number, Name: p.Name, Method: p.Method, Mobile: p.Mobile}
	}
	trunks, err := s.numbers.AccountTrunks(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, t := range trunks {
		if t.Enabled {
			acc.Trunk, acc.CallerID, acc.Prefix = t.Gateway(), t.CallerID, t.Prefix
			break
		}
	}
	acc.Flow = func(flow int64) (*flows.Flow, int64) { return s.flows.Current(id, flow) }
	acc.ActiveFlows = func() map[int64]*flows.Flow { return s.flows.InForce(id) }
	acc.FlowNamed = func(name string) (*flows.Flow, int64, int64) { return s.flows.Named(id, name) }
	acc.FlowAt = func(flow, version int64) *flows.Flow { return s.flows.At(id, flow, version) }
	return acc, nil
}

func flowLanguage(language string) string {
	if strings.HasPrefix(language, "en") {
		return "en"
	}
	return "zh"
}

func (s *settings) recordingPath(account int64, call string, at time.Time) string {
	return path.Join(s.recordings, fmt.Sprint(account), at.UTC().Format("2006-01-02"), call+".wav")
}

// region is the place of a number (归属地) in the words of the reports.
func (s *settings) region(number string) string {
	return dialplan.Region(number, "zh").String()
}

// customer finds who calls; none if nobody is known by that number.
func (s *settings) customer(ctx context.Context, account int64, number string) (floor.Customer, error) {
	found, err := s.crm.CustomersByNumber(ctx, account, number)
	if err != nil || len(found) == 0 {
		return floor.Customer{}, err
	}
	c := found[0]
	fields := map[string]string{"id": strconv.FormatInt(c.ID, 10), "name": c.Name, "company": c.Company}
	return floor.Customer{ID: c.ID, Name: c.Name, Fields: fields}, nil
}
