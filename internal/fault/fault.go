// Package fault is the one kind of error that people see: a kind that decides
// the status code, a code that the web app can translate, and a sentence.
package fault

import (
	"errors"
	"fmt"
)

// Kind groups errors by what the person can do about them.
type Kind uint8

const (
	Internal        Kind = iota // our mistake
	Invalid                     // what was given is not usable; Field says where
	Unauthenticated             // nobody is signed in
	Forbidden                   // not for this person
	NotFound                    // there is no such thing, or not for this account
	Conflict                    // not as things stand now
	TooMany                     // slow down
	TooLarge                    // more than is taken at once
	Unavailable                 // something that is needed is away; try again
)

// Error is an error meant to be read: Code is stable ("number.taken"), Field
// names the input at fault ("" if none).
type Error struct {
	Kind    Kind
	Code    string
	Message string
	Field   string
	Cause   error
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return e.Message + ": " + e.Cause.Error()
	}
	return e.Message
}

func (e *Error) Unwrap() error { return e.Cause }

// New makes an Error; the message is a plain sentence without a full stop.
func New(kind Kind, code, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Message: fmt.Sprintf(format, args...)}
}

// On names the input field at fault.
func (e *Error) On(field string) *Error { e.Field = field; return e }

// Because keeps the cause for the log.
func (e *Error) Because(err error) *Error { e.Cause = err; return e }

// KindOf tells the kind of any error; Internal if it is not an Error.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}
