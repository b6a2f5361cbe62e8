package db

import (
	"context"
	"errors"

	gomysql "github.com/go-sql-driver/mysql"
	"gorm.io/gorm"
)

// Tx runs a transaction, and runs it again when MySQL has ended it for a
// deadlock with another: the loser of two is meant to try anew. So work must
// not leave traces outside tx.
func Tx(ctx context.Context, g *gorm.DB, work func(tx *gorm.DB) error) error {
	var err error
	for range 8 {
		err = g.WithContext(ctx).Transaction(work)
		var my *gomysql.MySQLError
		if !errors.As(err, &my) || (my.Number != 1213 && my.Number != 1205) || ctx.Err() != nil {
			return err
		}
	}
	return err
}
