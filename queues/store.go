package queues

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"switchdesk/agents"
	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// Store keeps the groups' settings and members.
type Store struct{ db *gorm.DB }

// NewStore works on an open, migrated database.
func NewStore(g *gorm.DB) *Store { return &Store{db: g} }

type groupRow struct {
	ID             int64
	AccountID      int64
	Name           string
	Strategy       Strategy
	LastAgentFirst bool
	AfterMiss      agents.AfterMiss
	WaitLimit      int64 // these are seconds
	RingTime       int64
	AskPause       int64
	EmptyLimit     int64
	WrapUp         int64
	MaxWrapUp      int64
	Announce       int64
	MaxWaiting     int
	NeedWorking    bool
	NoAgentKind    ExitKind
	NoAgentGroup   int64
	TimeoutKind    ExitKind
	TimeoutGroup   int64
	FullKind       ExitKind
	FullGroup      int64
	Music          string
	Greeting       string
	TellAgentNo    bool
	SurveyAfter    bool
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

func (groupRow) TableName() string { return "queue_groups" }

type memberRow struct {
	GroupID   int64 `gorm:"primaryKey;autoIncrement:false"`
	AgentID   int64 `gorm:"primaryKey;autoIncrement:false"`
	AccountID int64
	Level     int
	Place     int
}

func (memberRow) TableName() string { return "queue_members" }

// nameRow is a name that a group had before.
type nameRow struct {
	AccountID int64  `gorm:"primaryKey;autoIncrement:false"`
	Name      string `gorm:"primaryKey;size:100"`
	GroupID   int64
}

func (nameRow) TableName() string { return "queue_group_names" }

// Groups lists an account's groups by name, with their members.
func (s *Store) Groups(ctx context.Context, account int64) ([]Group, error) {
	mine := func() *gorm.DB { return s.db.WithContext(ctx).Scopes(db.In(account)) }
	return load(mine(), mine(), mine())
}

// AllGroups lists the groups of every account, for the live floor's start.
func (s *Store) AllGroups(ctx context.Context) ([]Group, error) {
	all := db.AllAccounts(s.db.WithContext(ctx))
	return load(all.Session(&gorm.Session{}), all.Session(&gorm.Session{}), all.Session(&gorm.Session{}))
}

// Group gives one group; NotFound if the account has none of this id.
func (s *Store) Group(ctx context.Context, account, id int64) (Group, error) {
	g := s.db.WithContext(ctx)
	of := func() *gorm.DB { return g.Scopes(db.In(account)).Where("group_id = ?", id) }
	list, err := load(g.Scopes(db.In(account)).Where("id = ?", id), of(), of())
	if err != nil {
		return Group{}, err
	}
	if len(list) == 0 {
		return Group{}, fault.New(fault.NotFound, "group.unknown", "there is no such group")
	}
	return list[0], nil
}

func load(groups, members, names *gorm.DB) ([]Group, error) {
	var rows []groupRow
	if err := groups.Order("name, id").Find(&rows).Error; err != nil {
		return nil, failed(err)
	}
	var seats []memberRow
	if err := members.Order("group_id, place, agent_id").Find(&seats).Error; err != nil {
		return nil, failed(err)
	}
	of := make(map[int64][]Member, len(rows))
	for _, m := range seats {
		of[m.GroupID] = append(of[m.GroupID], Member{Agent: m.AgentID, Level: m.Level, Order: m.Place})
	}
	var past []nameRow
	if err := names.Order("group_id, name").Find(&past).Error; err != nil {
		return nil, failed(err)
	}
	former := map[int64][]string{}
	for _, n := range past {
		former[n.GroupID] = append(former[n.GroupID], n.Name)
	}
	list := make([]Group, len(rows))
	for i, r := range rows {
		list[i] = r.group()
		list[i].Members = of[r.ID]
		list[i].Former = former[r.ID]
	}
	return list, nil
}

// Save adds a group (ID 0) or changes one, members included, and returns it as
// stored. It fails on what Check refuses, a name that the account has already,
// an exit to a group or a member that isn't the account's.
func (s *Store) Save(ctx context.Context, g Group) (Group, error) {
	if err := g.Check(); err != nil {
		return Group{}, err
	}
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := belongs(tx, g); err != nil {
			return err
		}
		if err := rename(tx, g); err != nil {
			return err
		}
		if err := put(tx, &g); err != nil {
			return err
		}
		if err := tx.Scopes(db.In(g.Account)).Where("group_id = ?", g.ID).Delete(&memberRow{}).Error; err != nil {
			return err
		}
		rows := make([]memberRow, len(g.Members))
		for i, m := range g.Members {
			rows[i] = memberRow{GroupID: g.ID, AgentID: m.Agent, AccountID: g.Account, Level: m.Level, Place: m.Order}
		}
		if len(rows) == 0 {
			return nil
		}
		return tx.CreateInBatches(rows, 200).Error
	})
	if err != nil {
		return Group{}, failed(err)
	}
	return s.Group(ctx, g.Account, g.ID)
}

// rename keeps the name that a group had as a former one. A name that a group
// bears now is nobody's former name.
func rename(tx *gorm.DB, g Group) error {
	var was groupRow
	err := tx.Scopes(db.In(g.Account)).Where("id = ?", g.ID).Limit(1).Find(&was).Error
	if err != nil || was.Name == g.Name {
		return err
	}
	if err := tx.Scopes(db.In(g.Account)).Where("name = ?", g.Name).Delete(&nameRow{}).Error; err != nil || was.ID == 0 {
		return err
	}
	row := nameRow{AccountID: g.Account, Name: was.Name, GroupID: g.ID}
	return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
}

func put(tx *gorm.DB, g *Group) error {
	row := rowOf(*g)
	row.UpdatedAt = db.Now()
	var err error
	if row.ID == 0 {
		row.CreatedAt = row.UpdatedAt
		err = tx.Create(&row).Error
		g.ID = row.ID
	} else {
		done := tx.Model(&groupRow{}).Scopes(db.In(row.AccountID)).Where("id = ?", row.ID).
			Select("*").Omit("id", "account_id", "created_at").Updates(&row)
		if err = done.Error; err == nil && done.RowsAffected == 0 {
			return fault.New(fault.NotFound, "group.unknown", "there is no such group")
		}
	}
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return fault.New(fault.Conflict, "group.name_taken", "another group has this name").On("name")
	}
	return err
}

// belongs checks that exits and members are of the group's own account.
func belongs(tx *gorm.DB, g Group) error {
	fields := []string{"on_no_agent", "on_timeout", "on_full"}
	for i, exit := range []Exit{g.OnNoAgent, g.OnTimeout, g.OnFull} {
		if exit.Kind != ExitGroup {
			continue
		}
		var n int64
		if err := tx.Model(&groupRow{}).Scopes(db.In(g.Account)).Where("id = ?", exit.Group).Count(&n).Error; err != nil {
			return err
		}
		if n == 0 {
			return invalid("group.exit", fields[i], "there is no such group to go to")
		}
	}
	for start := 0; start < len(g.Members); start += 500 { // databases bound the length of a list
		part := g.Members[start:min(start+500, len(g.Members))]
		ids := make([]int64, len(part))
		for i, m := range part {
			ids[i] = m.Agent
		}
		var n int64
		if err := tx.Table("users").Where("account_id = ? AND id IN ? AND number <> ''", g.Account, ids).Count(&n).Error; err != nil {
			return err
		}
		if int(n) != len(ids) {
			return invalid("group.members", "members", "a member is no agent of this account")
		}
	}
	return nil
}

// Delete removes a group. It fails with Conflict while another group sends
// callers to it, with NotFound if the account has none of this id.
func (s *Store) Delete(ctx context.Context, account, id int64) error {
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		var by []groupRow
		err := tx.Scopes(db.In(account)).
			Where("(no_agent_kind = ? AND no_agent_group = ?) OR (timeout_kind = ? AND timeout_group = ?) OR (full_kind = ? AND full_group = ?)",
				ExitGroup, id, ExitGroup, id, ExitGroup, id).Limit(1).Find(&by).Error
		if err != nil {
			return err
		}
		if len(by) > 0 {
			return fault.New(fault.Conflict, "group.in_use", "the group %s sends callers here", by[0].Name)
		}
		if err := tx.Scopes(db.In(account)).Where("group_id = ?", id).Delete(&memberRow{}).Error; err != nil {
			return err
		}
		if err := tx.Scopes(db.In(account)).Where("group_id = ?", id).Delete(&nameRow{}).Error; err != nil {
			return err
		}
		done := tx.Scopes(db.In(account)).Where("id = ?", id).Delete(&groupRow{})
		if done.Error == nil && done.RowsAffected == 0 {
			return fault.New(fault.NotFound, "group.unknown", "there is no such group")
		}
		return done.Error
	})
	return failed(err)
}

func rowOf(g Group) groupRow {
	sec := func(d time.Duration) int64 { return int64(d / time.Second) }
	return groupRow{
		ID: g.ID, AccountID: g.Account, Name: g.Name, Strategy: g.Strategy, LastAgentFirst: g.LastAgentFirst,
		AfterMiss: g.AfterMiss, WaitLimit: sec(g.WaitLimit), RingTime: sec(g.RingTime), AskPause: sec(g.AskPause),
		EmptyLimit: sec(g.EmptyLimit), WrapUp: sec(g.WrapUp), MaxWrapUp: sec(g.MaxWrapUp), Announce: sec(g.Announce),
		MaxWaiting: g.MaxWaiting, NeedWorking: g.NeedWorking,
		NoAgentKind: g.OnNoAgent.Kind, NoAgentGroup: g.OnNoAgent.Group,
		TimeoutKind: g.OnTimeout.Kind, TimeoutGroup: g.OnTimeout.Group,
		FullKind: g.OnFull.Kind, FullGroup: g.OnFull.Group,
		Music: g.Music, Greeting: g.Greeting, TellAgentNo: g.TellAgentNo, SurveyAfter: g.SurveyAfter,
	}
}

func (r groupRow) group() Group {
	dur := func(n int64) time.Duration { return time.Duration(n) * time.Second }
	return Group{
		ID: r.ID, Account: r.AccountID, Name: r.Name, Strategy: r.Strategy, LastAgentFirst: r.LastAgentFirst,
		AfterMiss: r.AfterMiss, WaitLimit: dur(r.WaitLimit), RingTime: dur(r.RingTime), AskPause: dur(r.AskPause),
		EmptyLimit: dur(r.EmptyLimit), WrapUp: dur(r.WrapUp), MaxWrapUp: dur(r.MaxWrapUp), Announce: dur(r.Announce),
		MaxWaiting: r.MaxWaiting, NeedWorking: r.NeedWorking,
		OnNoAgent: Exit{r.NoAgentKind, r.NoAgentGroup}, OnTimeout: Exit{r.TimeoutKind, r.TimeoutGroup},
		OnFull: Exit{r.FullKind, r.FullGroup},
		Music:  r.Music, Greeting: r.Greeting, TellAgentNo: r.TellAgentNo, SurveyAfter: r.SurveyAfter,
	}
}

// failed makes a database error one for people; nil stays nil.
func failed(err error) error {
	var known *fault.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return fault.New(fault.Internal, "group.store", "the groups could not be read or written").Because(err)
}
