package accounts

import (
	"errors"
	"unicode/utf8"

	"gorm.io/gorm"

	"switchdesk/internal/fault"
)

// failed makes a database's error one that people can read; faults and nil
// pass through.
func failed(err error) error {
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return err
	}
	return fault.New(fault.Internal, "database.failed", "the database could not do this").Because(err)
}

// taken maps a duplicate to the field that must be unique.
func taken(err error, code, field, message string) error {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return fault.New(fault.Conflict, code, "%s", message).On(field)
	}
	return failed(err)
}

func invalid(code, field, format string, args ...any) error {
	return fault.New(fault.Invalid, code, format, args...).On(field)
}

func unknown(kind string) error {
	return fault.New(fault.NotFound, kind+".unknown", "there is no such %s", kind)
}

// clip cuts a text to its column without splitting a character.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}
