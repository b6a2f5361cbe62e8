package db

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
	"gorm.io/gorm"

	"switchdesk/internal/fault"
)

// Migrations are ordered and append-only, the same numbers in both folders.
//
//go:embed migrations/sqlite/*.sql migrations/mysql/*.sql
var migrations embed.FS

// Version is a schema's number, and how many steps this program knows.
type Version struct{ Have, Want int64 }

// Migrate brings the schema up to date and says what it did, a line a step.
func Migrate(ctx context.Context, g *gorm.DB) ([]string, error) {
	p, err := provider(g)
	if err != nil {
		return nil, err
	}
	results, err := p.Up(ctx)
	var done []string
	for _, r := range results {
		done = append(done, fmt.Sprintf("%s in %s", strings.TrimSuffix(r.Source.Path, ".sql"), r.Duration.Round(1e6)))
	}
	if err != nil {
		return done, fault.New(fault.Internal, "database.migration", "the database could not be brought up to date").Because(err)
	}
	return done, nil
}

// SchemaVersion tells how far the schema is.
func SchemaVersion(ctx context.Context, g *gorm.DB) (Version, error) {
	p, err := provider(g)
	if err != nil {
		return Version{}, err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return Version{}, unavailable(err)
	}
	return Version{Have: have, Want: want}, nil
}

// CheckSchema refuses a schema that is not this program's: "database.old"
// asks for `switchdesk migrate`, "database.new" for a newer program.
func CheckSchema(ctx context.Context, g *gorm.DB) error {
	v, err := SchemaVersion(ctx, g)
	if err != nil {
		return err
	}
	pending, err := missing(ctx, g)
	switch {
	case err != nil:
		return err
	case v.Have < v.Want || pending && v.Have == v.Want:
		return fault.New(fault.Unavailable, "database.old",
			"the database is at version %d, this program needs %d: run `switchdesk migrate`", v.Have, v.Want)
	case v.Have > v.Want:
		return fault.New(fault.Unavailable, "database.new",
			"the database is at version %d, this program knows only %d: run a newer program", v.Have, v.Want)
	}
	return nil
}

// missing tells whether a step is not taken yet, one of a lower number than
// the last included.
func missing(ctx context.Context, g *gorm.DB) (bool, error) {
	p, err := provider(g)
	if err != nil {
		return false, err
	}
	pending, err := p.HasPending(ctx)
	if err != nil {
		return false, unavailable(err)
	}
	return pending, nil
}

func provider(g *gorm.DB) (*goose.Provider, error) {
	pool, err := g.DB()
	if err != nil {
		return nil, err
	}
	name, dialect := "sqlite", goose.DialectSQLite3
	if g.Dialector.Name() == "mysql" {
		name, dialect = "mysql", goose.DialectMySQL
	}
	folder, err := fs.Sub(migrations, "migrations/"+name)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(dialect, pool, folder, goose.WithDisableGlobalRegistry(true),
		goose.WithAllowOutofOrder(true)) // numbers are given by subject, so a later release may bring a lower one
}
