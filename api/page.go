package api

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"switchdesk/internal/fault"
)

// Page is one page of a list; Next is the cursor of the page after it.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"cursor of the next page; absent on the last"`
}

// List is a whole list, for things that are few.
type List[T any] struct {
	Items []T `json:"items"`
}

// Body wraps what is sent back.
type Body[T any] struct {
	Body T
}

// Nothing answers 204.
type Nothing struct{}

// ByID is the input of routes that name one row.
type ByID struct {
	ID int64 `path:"id" minimum:"1"`
}

// Paging is what every long list takes.
type Paging struct {
	Cursor string `query:"cursor" maxLength:"200" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func body[T any](v T) *Body[T] { return &Body[T]{Body: v} }

// list makes a list that encodes as [] when empty.
func list[S, T any](rows []S, view func(S) T) *Body[List[T]] {
	return body(List[T]{Items: each(rows, view)})
}

func each[S, T any](rows []S, view func(S) T) []T {
	out := make([]T, 0, len(rows))
	for _, row := range rows {
		out = append(out, view(row))
	}
	return out
}

// cursorOf packs where a page ended. It is opaque but not secret: what may be
// read is checked anew on every page.
func cursorOf(parts ...string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(parts, "|")))
}

func splitCursor(cursor string, want int) ([]string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	parts := strings.Split(string(raw), "|")
	if err != nil || len(parts) != want {
		return nil, fault.New(fault.Invalid, "cursor.invalid", "the cursor is not one that this list gave").On("cursor")
	}
	return parts, nil
}

// idCursor reads a cursor that is one row id; 0 for the first page.
func idCursor(cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	parts, err := splitCursor(cursor, 1)
	if err != nil {
		return 0, err
	}
	id, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil || id < 0 {
		return 0, fault.New(fault.Invalid, "cursor.invalid", "the cursor is not one that this list gave").On("cursor")
	}
	return id, nil
}

// utc is an optional time as the API sends it.
func utc(t *time.Time) *time.Time {
	if t == nil || t.IsZero() {
		return nil
	}
	u := t.UTC()
	return &u
}
