package db

import (
	"errors"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// ErrNoAccount is a query on rows of accounts that does not say whose.
var ErrNoAccount = errors.New("query without an account: use db.In(account), or db.AllAccounts where every account is meant")

const allAccounts = "switchdesk:all_accounts"

// In keeps a query to one account:
//
//	g.WithContext(ctx).Scopes(db.In(actor.AccountID)).Find(&rows)
//
// Account 0 is refused with ErrNoAccount.
func In(account int64) func(*gorm.DB) *gorm.DB {
	return func(g *gorm.DB) *gorm.DB {
		if account == 0 {
			_ = g.AddError(ErrNoAccount)
			return g
		}
		return g.Where(clause.Eq{Column: clause.Column{Table: clause.CurrentTable, Name: "account_id"}, Value: account})
	}
}

// AllAccounts marks a handle for work that belongs to no account: sign-in,
// clean-up, a switch's look-up, the live floor's start.
func AllAccounts(g *gorm.DB) *gorm.DB {
	return g.Set(allAccounts, true).Session(&gorm.Session{}) // a session, so that it can be used for several queries
}

// guard refuses queries on a table with account_id that name no account, so
// that a forgotten scope is an error in the first test and not a leak.
type guard struct{}

func (guard) Name() string { return "switchdesk:guard" }

func (guard) Initialize(g *gorm.DB) error {
	return errors.Join(
		g.Callback().Query().Before("gorm:query").Register("switchdesk:guard_query", check),
		g.Callback().Row().Before("gorm:row").Register("switchdesk:guard_row", check),
		g.Callback().Update().Before("gorm:update").Register("switchdesk:guard_update", check),
		g.Callback().Delete().Before("gorm:delete").Register("switchdesk:guard_delete", check),
	)
}

func check(g *gorm.DB) {
	s := g.Statement
	if s.Schema == nil || s.Schema.LookUpField("account_id") == nil || s.SQL.Len() > 0 {
		return
	}
	if _, ok := g.Get(allAccounts); ok {
		return
	}
	if where, ok := s.Clauses["WHERE"]; ok {
		if w, ok := where.Expression.(clause.Where); ok && namesAccount(w.Exprs) {
			return
		}
	}
	_ = g.AddError(ErrNoAccount)
}

// namesAccount tells whether one of the conditions that must all hold is
// about account_id. Beside an OR nothing must hold, so then none does.
func namesAccount(exprs []clause.Expression) bool {
	for _, e := range exprs {
		if _, or := e.(clause.OrConditions); or {
			return false
		}
	}
	for _, e := range exprs {
		switch c := e.(type) {
		case clause.Eq:
			if columnName(c.Column) == "account_id" {
				return true
			}
		case clause.IN:
			if columnName(c.Column) == "account_id" {
				return true
			}
		case clause.Expr:
			if strings.Contains(c.SQL, "account_id") {
				return true
			}
		case clause.NamedExpr:
			if strings.Contains(c.SQL, "account_id") {
				return true
			}
		case clause.AndConditions:
			if namesAccount(c.Exprs) {
				return true
			}
		}
	}
	return false
}

func columnName(column any) string {
	switch c := column.(type) {
	case string:
		return c[strings.LastIndexByte(c, '.')+1:]
	case clause.Column:
		return c.Name[strings.LastIndexByte(c.Name, '.')+1:]
	}
	return ""
}
