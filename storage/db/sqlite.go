package db

import (
	"context"
	"database/sql/driver"
	"net/url"
	"time"

	sqlitedriver "github.com/glebarez/go-sqlite"
)

// sqliteDSN asks for what makes SQLite safe under concurrent writers: a
// write lock from the start of each transaction, and patience for it.
func sqliteDSN(path string) string {
	q := url.Values{}
	for _, p := range []string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)"} {
		q.Add("_pragma", p)
	}
	q.Set("_txlock", "immediate")
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}
	return u.String()
}

// utcConnector opens SQLite connections that keep times as UTC with whole
// microseconds. SQLite compares times as text, so one zone is a must.
type utcConnector struct{ dsn string }

func (c utcConnector) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.Driver().Open(c.dsn)
	if err != nil {
		return nil, err
	}
	return utcConn{conn.(sqliteConn)}, nil
}

func (c utcConnector) Driver() driver.Driver { return &sqlitedriver.Driver{} }

// sqliteConn is what the driver's connection can do and database/sql uses.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
}

type utcConn struct{ sqliteConn }

func (utcConn) CheckNamedValue(nv *driver.NamedValue) error {
	v, err := driver.DefaultParameterConverter.ConvertValue(nv.Value)
	if err != nil {
		return err
	}
	if t, ok := v.(time.Time); ok {
		v = t.UTC().Truncate(time.Microsecond)
	}
	nv.Value = v
	return nil
}
