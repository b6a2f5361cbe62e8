// Package dbtest runs a test on every kind of database that the product
// supports, each time on a new, migrated one.
package dbtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"gorm.io/gorm"

	"switchdesk/storage/db"
)

// Each runs the test on SQLite, and on MariaDB where its server is installed;
// where it is not, that half is skipped with the reason.
func Each(t *testing.T, test func(t *testing.T, g *gorm.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("mariadb", func(t *testing.T) { test(t, MariaDB(t)) })
}

// SQLite gives a migrated database in the test's own folder.
func SQLite(t testing.TB) *gorm.DB {
	t.Helper()
	data, err := template()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, db.Config{Driver: "sqlite", DSN: path})
}

var databases atomic.Int64

// MariaDB gives a migrated database on this test binary's own server, or
// skips the test and says why.
func MariaDB(t testing.TB) *gorm.DB {
	t.Helper()
	g := open(t, MariaDBConfig(t))
	if _, err := db.Migrate(context.Background(), g); err != nil {
		t.Fatal(err)
	}
	return g
}

// MariaDBConfig names a new, empty database on the server.
func MariaDBConfig(t testing.TB) db.Config {
	t.Helper()
	socket, missing, err := server()
	if missing != "" {
		t.Skip("MariaDB is not tested: " + missing)
	}
	if err != nil {
		t.Fatal(err)
	}
	admin, err := db.Open(db.Config{Driver: "mysql", DSN: dsn(socket, "")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(admin)
	name := fmt.Sprintf("t%d", databases.Add(1))
	if err := admin.Exec("CREATE DATABASE " + name).Error; err != nil {
		t.Fatal(err)
	}
	return db.Config{Driver: "mysql", DSN: dsn(socket, name)}
}

func dsn(socket, name string) string { return fmt.Sprintf("root@unix(%s)/%s", socket, name) }

func open(t testing.TB, cfg db.Config) *gorm.DB {
	t.Helper()
	g, err := db.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(g) })
	return g
}

// template is a migrated SQLite file; copying it is quicker than migrating.
var template = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "switchdesk-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	g, err := db.Open(db.Config{Driver: "sqlite", DSN: path})
	if err != nil {
		return nil, err
	}
	if _, err := db.Migrate(context.Background(), g); err != nil {
		return nil, err
	}
	// Closing the last connection folds the write-ahead log into the file.
	if err := db.Close(g); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})
