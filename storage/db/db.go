// Package db is the one door to the tables: it opens SQLite or MySQL so that
// both behave alike, brings the schema up to date and keeps accounts apart.
package db

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/glebarez/sqlite"
	gomysql "github.com/go-sql-driver/mysql"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"switchdesk/internal/fault"
)

// Config names the driver, "sqlite" or "mysql", and where the database is: a
// file, or user:password@tcp(host:port)/name.
type Config struct {
	Driver string
	DSN    string
}

// Open opens the database and checks that it answers. Times are UTC with
// microseconds whatever zone the caller's values are in; unique and foreign
// key violations come as gorm.ErrDuplicatedKey and ErrForeignKeyViolated; a
// query without an account is refused (see In). It does not migrate.
func Open(cfg Config) (*gorm.DB, error) {
	var pool *sql.DB
	var dialector gorm.Dialector
	var err error
	switch cfg.Driver {
	case "sqlite":
		if pool, err = openSQLite(cfg.DSN); err == nil {
			dialector = &sqlite.Dialector{Conn: pool}
		}
	case "mysql":
		if pool, err = openMySQL(cfg.DSN); err == nil {
			dialector = mysql.New(mysql.Config{Conn: pool, DefaultStringSize: 191})
		}
	default:
		return nil, fmt.Errorf("database driver %q is neither sqlite nor mysql", cfg.Driver)
	}
	if err != nil {
		return nil, unavailable(err)
	}
	g, err := gorm.Open(dialector, &gorm.Config{
		TranslateError:         true,
		SkipDefaultTransaction: true,
		NowFunc:                Now,
		Logger:                 logger.Discard,
	})
	if err != nil {
		pool.Close()
		return nil, unavailable(err)
	}
	if err := g.Use(guard{}); err != nil {
		pool.Close()
		return nil, err
	}
	return g, nil
}

func unavailable(err error) error {
	return fault.New(fault.Unavailable, "database.unavailable", "the database does not answer").Because(err)
}

// Now is the time as the database keeps it: UTC, whole microseconds.
func Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Close closes the pool behind a handle.
func Close(g *gorm.DB) error {
	pool, err := g.DB()
	if err != nil {
		return err
	}
	return pool.Close()
}

func openSQLite(path string) (*sql.DB, error) {
	if path == "" {
		return nil, fmt.Errorf("no file named for sqlite")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	pool := sql.OpenDB(utcConnector{dsn: sqliteDSN(path)})
	// Readers beside one writer; more connections would only wait for its lock.
	pool.SetMaxOpenConns(8)
	pool.SetMaxIdleConns(8)
	return pool, pool.Ping()
}

func openMySQL(dsn string) (*sql.DB, error) {
	cfg, err := gomysql.ParseDSN(dsn)
	if err != nil {
		return nil, err
	}
	cfg.ParseTime = true
	cfg.Loc = time.UTC
	cfg.ClientFoundRows = true // an update that changes nothing has still found its row, as in SQLite
	if cfg.Params == nil {
		cfg.Params = map[string]string{}
	}
	cfg.Params["time_zone"] = "'+00:00'"
	cfg.Params["sql_mode"] = "'TRADITIONAL,NO_ENGINE_SUBSTITUTION'"
	if err := cfg.Apply(gomysql.TimeTruncate(time.Microsecond), gomysql.Charset("utf8mb4", "utf8mb4_bin")); err != nil {
		return nil, err
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 5 * time.Second
	}
	connector, err := gomysql.NewConnector(cfg)
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(32)
	pool.SetMaxIdleConns(8)
	pool.SetConnMaxLifetime(30 * time.Minute)
	return pool, pool.Ping()
}
