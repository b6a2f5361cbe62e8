package db_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
	"switchdesk/storage/db/dbtest"
)

type account struct {
	ID        int64
	Slug      string
	Name      string
	Timezone  string
	Language  string
	CreatedAt time.Time
	UpdatedAt time.Time
}

type blacklisted struct {
	ID        int64
	AccountID int64
	Number    string
	CreatedAt time.Time
}

func (blacklisted) TableName() string { return "blacklist" }

func newAccount(t *testing.T, g *gorm.DB, slug string) account {
	t.Helper()
	a := account{Slug: slug, Name: "示例公司", Timezone: "Asia/Shanghai", Language: "zh-CN"}
	if err := g.Create(&a).Error; err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTimesAreUTCMicroseconds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		a := newAccount(t, g, "one")
		shanghai := time.FixedZone("CST", 8*3600)
		at := time.Date(2026, 11, 22, 7, 30, 0, 123456789, shanghai)
		if err := g.Create(&blacklisted{AccountID: a.ID, Number: "1", CreatedAt: at}).Error; err != nil {
			t.Fatal(err)
		}
		var row blacklisted
		// The bound is half an hour later in UTC, but earlier as local text.
		bound := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
		if err := g.Scopes(db.In(a.ID)).Where("created_at < ?", bound).First(&row).Error; err != nil {
			t.Fatal(err)
		}
		if want := at.UTC().Truncate(time.Microsecond); !row.CreatedAt.Equal(want) || row.CreatedAt.Location() != time.UTC {
			t.Fatalf("read %v, wrote %v", row.CreatedAt, want)
		}
		for i, offset := range []time.Duration{0, 100 * time.Millisecond, 150 * time.Millisecond, time.Second} {
			if err := g.Create(&blacklisted{AccountID: a.ID, Number: fmt.Sprint("o", i), CreatedAt: bound.Add(offset)}).Error; err != nil {
				t.Fatal(err)
			}
		}
		var later []blacklisted
		if err := g.Scopes(db.In(a.ID)).Where("created_at > ?", bound.Add(100*time.Millisecond).In(shanghai)).Order("created_at").Find(&later).Error; err != nil {
			t.Fatal(err)
		}
		if len(later) != 2 || later[0].Number != "o2" {
			t.Fatalf("later than 100 ms: %+v", later)
		}
	})
}

func TestViolationsAreNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		newAccount(t, g, "one")
		err := g.Create(&account{Slug: "one", Name: "x", Timezone: "UTC", Language: "en"}).Error
		if !errors.Is(err, gorm.ErrDuplicatedKey) {
			t.Fatalf("a second account of the same slug: %v", err)
		}
		err = g.Create(&blacklisted{AccountID: 999, Number: "1", CreatedAt: db.Now()}).Error
		if !errors.Is(err, gorm.ErrForeignKeyViolated) {
			t.Fatalf("a row of an account that does not exist: %v", err)
		}
	})
}

func TestTextIsKeptAsItIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		name := "云客服 😀 O'Brien \\ \" %"
		a := account{Slug: "one", Name: name, Timezone: "UTC", Language: "en"}
		if err := g.Create(&a).Error; err != nil {
			t.Fatal(err)
		}
		var n int64
		g.Model(&account{}).Where("name = ?", strings.ToUpper(name)).Count(&n)
		if n != 0 {
			t.Fatal("upper case equals lower case")
		}
		g.Model(&account{}).Where("name = ?", name).Count(&n)
		if n != 1 {
			t.Fatal("the name was changed on its way")
		}
	})
}

func TestGuardRefusesQueriesWithoutAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		a, b := newAccount(t, g, "a"), newAccount(t, g, "b")
		for _, id := range []int64{a.ID, b.ID} {
			if err := g.Create(&blacklisted{AccountID: id, Number: "139", CreatedAt: db.Now()}).Error; err != nil {
				t.Fatal(err)
			}
		}
		var rows []blacklisted
		var n int64
		refused := map[string]error{
			"find":        g.Find(&rows).Error,
			"by key":      g.First(&blacklisted{}, 1).Error,
			"count":       g.Model(&blacklisted{}).Count(&n).Error,
			"update":      g.Model(&blacklisted{}).Where("id = ?", 1).Update("number", "x").Error,
			"delete":      g.Delete(&blacklisted{ID: 1}).Error,
			"account 0":   g.Scopes(db.In(0)).Find(&rows).Error,
			"one of two":  g.Where("account_id = ?", a.ID).Or("number = ?", "139").Find(&rows).Error,
			"other table": g.Where("number = ?", "139").Find(&rows).Error,
		}
		for name, err := range refused {
			if !errors.Is(err, db.ErrNoAccount) {
				t.Errorf("%s: %v, want ErrNoAccount", name, err)
			}
		}
		allowed := map[string]error{
			"scope":  g.Scopes(db.In(a.ID)).Find(&rows).Error,
			"where":  g.Where("account_id = ? AND number = ?", a.ID, "139").Find(&rows).Error,
			"map":    g.Where(map[string]any{"account_id": a.ID}).Find(&rows).Error,
			"struct": g.Where(&blacklisted{AccountID: a.ID}).Find(&rows).Error,
			"update": g.Model(&blacklisted{}).Scopes(db.In(a.ID)).Where("number = ?", "139").Update("number", "138").Error,
		}
		for name, err := range allowed {
			if err != nil || len(rows) != 1 {
				t.Errorf("%s: %v, %d rows", name, err, len(rows))
			}
		}
		if err := db.AllAccounts(g).Find(&rows).Error; err != nil || len(rows) != 2 || rows[1].Number != "139" {
			t.Errorf("all accounts: %v, %+v", err, rows)
		}
	})
}

func TestConcurrentWritersAllSucceed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		a := newAccount(t, g, "one")
		var wg sync.WaitGroup
		for w := range 6 {
			wg.Go(func() {
				for i := range 20 {
					err := g.Transaction(func(tx *gorm.DB) error {
						var n int64
						if err := tx.Model(&blacklisted{}).Scopes(db.In(a.ID)).Count(&n).Error; err != nil {
							return err
						}
						return tx.Create(&blacklisted{AccountID: a.ID, Number: fmt.Sprintf("%d-%d", w, i), CreatedAt: db.Now()}).Error
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		var n int64
		if err := g.Model(&blacklisted{}).Scopes(db.In(a.ID)).Count(&n).Error; err != nil || n != 120 {
			t.Fatalf("%d rows, %v", n, err)
		}
	})
}

func TestSchemaVersion(t *testing.T) {
	g, err := db.Open(db.Config{Driver: "sqlite", DSN: filepath.Join(t.TempDir(), "sub", "x.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(g)
	ctx := context.Background()
	if err := db.CheckSchema(ctx, g); fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "switchdesk migrate") {
		t.Fatalf("an empty database: %v", err)
	}
	if done, err := db.Migrate(ctx, g); err != nil || len(done) == 0 {
		t.Fatalf("migrate: %v %v", done, err)
	}
	if done, err := db.Migrate(ctx, g); err != nil || len(done) != 0 {
		t.Fatalf("migrate again: %v %v", done, err)
	}
	if err := db.CheckSchema(ctx, g); err != nil {
		t.Fatal(err)
	}
	// A step that a later release put between those taken already.
	for _, sql := range []string{"DROP TABLE applications", "DELETE FROM goose_db_version WHERE version_id = 23"} {
		if err := g.Exec(sql).Error; err != nil {
			t.Fatal(err)
		}
	}
	if err := db.CheckSchema(ctx, g); fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "switchdesk migrate") {
		t.Fatalf("a step in the middle is missing: %v", err)
	}
	if done, err := db.Migrate(ctx, g); err != nil || len(done) != 1 {
		t.Fatalf("migrate the missing step: %v %v", done, err)
	}
	if err := db.CheckSchema(ctx, g); err != nil {
		t.Fatal(err)
	}
	if err := g.Exec("INSERT INTO goose_db_version (version_id, is_applied, tstamp) VALUES (9999, 1, '2026-01-01')").Error; err != nil {
		t.Fatal(err)
	}
	if err := db.CheckSchema(ctx, g); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Fatalf("a schema of the future: %v", err)
	}
}

// TestBothSchemasHaveTheSameColumns holds the two folders to each other.
func TestBothSchemasHaveTheSameColumns(t *testing.T) {
	lite, maria := dbtest.SQLite(t), dbtest.MariaDB(t)
	tables := func(g *gorm.DB) map[string]string {
		out := map[string]string{}
		names, err := g.Migrator().GetTables()
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasPrefix(name, "sqlite_") || strings.HasPrefix(name, "goose_") {
				continue
			}
			rows, err := g.Raw("SELECT * FROM " + name + " LIMIT 0").Rows()
			if err != nil {
				t.Fatal(err)
			}
			columns, _ := rows.Columns()
			rows.Close()
			out[name] = strings.Join(columns, ",")
		}
		return out
	}
	a, b := tables(lite), tables(maria)
	for name, columns := range a {
		if b[name] != columns {
			t.Errorf("%s: sqlite has %s, mysql has %s", name, columns, b[name])
		}
	}
	if len(a) != len(b) {
		t.Errorf("sqlite has %d tables, mysql has %d", len(a), len(b))
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, cfg := range []db.Config{{Driver: "oracle"}, {Driver: "sqlite"}, {Driver: "mysql", DSN: "nonsense"}, {Driver: "mysql", DSN: "u:p@tcp(127.0.0.1:1)/x"}} {
		if _, err := db.Open(cfg); err == nil {
			t.Errorf("%+v was opened", cfg)
		}
	}
}
