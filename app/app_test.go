package app

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"switchdesk/configs"
	"switchdesk/internal/fault"
)

func TestServeRefusesADatabaseWithoutSchema(t *testing.T) {
	cfg, err := configs.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.DataDir = t.TempDir()
	a, err := New(context.Background(), cfg, slog.New(slog.DiscardHandler))
	if a != nil || err == nil {
		t.Fatal("an empty database is served")
	}
	if !strings.Contains(err.Error(), "migrate") {
		t.Errorf("%q does not say what to do (kind %d)", err, fault.KindOf(err))
	}
}
