package realtime

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"switchdesk/accounts"
	"switchdesk/floor"
	"switchdesk/internal/clock"
	"switchdesk/internal/fault"
)

const patience = 5 * time.Second

// stage is a hub with the rest of the house around it: people by token, their
// scopes, and a floor that notes what it is told.
type stage struct {
	t     *testing.T
	hub   *Hub
	url   string
	clock *clock.Virtual

	mu     sync.Mutex
	people map[string]accounts.Actor
	seen   map[int64]accounts.Visible
	told   []floor.Command
	change chan struct{}
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{
		t: t, clock: clock.NewVirtual(time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)),
		people: make(map[string]accounts.Actor), seen: make(map[int64]accounts.Visible), change: make(chan struct{}, 100),
	}
	hub, err := New(Parts{
		Identify: func(r *http.Request) (accounts.Actor, string, error) {
			token := r.Header.Get("X-Token")
			actor, err := s.actor(r.Context(), token)
			return actor, token, err
		},
		Actor: s.actor,
		Visible: func(_ context.Context, a accounts.Actor) (accounts.Visible, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.seen[a.UserID], nil
		},
		IsAgent: func(_ context.Context, _, user int64) (bool, error) { return user < 100, nil },
		Floor: func(_ context.Context, cmd floor.Command) error {
			s.mu.Lock()
			s.told = append(s.told, cmd)
			s.mu.Unlock()
			s.change <- struct{}{}
			return nil
		},
		Clock: s.clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.hub = hub
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- hub.Run(ctx) }()
	server := httptest.NewServer(hub)
	s.url = "ws" + strings.TrimPrefix(server.URL, "http")
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("hub.Run: %v", err)
		}
		server.CloseClientConnections()
		server.Close()
	})
	return s
}

func (s *stage) actor(_ context.Context, token string) (accounts.Actor, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, ok := s.people[token]; ok {
		return a, nil
	}
	return accounts.Actor{}, fault.New(fault.Unauthenticated, "session.none", "sign in first")
}

func (s *stage) person(user int64, scope accounts.Scope, sees []int64, rights ...accounts.Right) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	token := "token-" + strconv.FormatInt(user, 10)
	s.people[token] = accounts.Actor{UserID: user, AccountID: 7, Rights: rights, Scope: scope}
	s.seen[user] = accounts.Visible{All: scope == accounts.ScopeAll, Users: sees}
	return token
}

func (s *stage) commands() []floor.Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.told)
}

// waitTold waits until the floor has been told so many commands.
func (s *stage) waitTold(n int) []floor.Command {
	s.t.Helper()
	deadline := time.After(patience)
	for len(s.commands()) < n {
		select {
		case <-s.change:
		case <-deadline:
			s.t.Fatalf("the floor was told %v, want %d commands", s.commands(), n)
		}
	}
	return s.commands()
}

// browser is one WebSocket speaking centrifuge's JSON protocol.
type browser struct {
	t    *testing.T
	conn interface {
		Read([]byte) (int, error)
		Write([]byte) (int, error)
		Close() error
		SetReadDeadline(time.Time) error
	}
	id     int
	queued []frame
}

type frame struct {
	ID    int `json:"id"`
	Error *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
	Subscribe *struct {
		Recovered    bool   `json:"recovered"`
		Epoch        string `json:"epoch"`
		Offset       uint64 `json:"offset"`
		Publications []pub  `json:"publications"`
	} `json:"subscribe"`
	Push *struct {
		Channel string `json:"channel"`
		Pub     *pub   `json:"pub"`
	} `json:"push"`
}

type pub struct {
	Data   json.RawMessage `json:"data"`
	Offset uint64          `json:"offset"`
}

func (s *stage) connect(token string) *browser {
	s.t.Helper()
	dialer := ws.Dialer{Header: ws.HandshakeHeaderHTTP{"X-Token": {token}}}
	conn, _, _, err := dialer.Dial(context.Background(), s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	b := &browser{t: s.t, conn: conn}
	s.t.Cleanup(func() { _ = conn.Close() })
	b.ask(map[string]any{"connect": map[string]any{}})
	return b
}

// ask sends a command and returns its reply; pushes that come before it are
// kept.
func (b *browser) ask(command map[string]any) frame {
	b.t.Helper()
	b.id++
	command["id"] = b.id
	raw, err := json.Marshal(command)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := wsutil.WriteClientText(b.conn, raw); err != nil {
		b.t.Fatal(err)
	}
	for {
		f, err := b.read()
		if err != nil {
			b.t.Fatalf("no reply to %s: %v", raw, err)
		}
		if f.ID == b.id {
			return f
		}
		b.queued = append(b.queued, f)
	}
}

func (b *browser) read() (frame, error) {
	_ = b.conn.SetReadDeadline(time.Now().Add(patience))
	for {
		raw, _, err := wsutil.ReadServerData(b.conn)
		if err != nil {
			return frame{}, err
		}
		lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
		var first *frame
		for _, line := range lines {
			if line == "{}" {
				_ = wsutil.WriteClientText(b.conn, []byte("{}"))
				continue
			}
			var f frame
			if err := json.Unmarshal([]byte(line), &f); err != nil {
				return frame{}, err
			}
			if first == nil {
				first = &f
			} else {
				b.queued = append(b.queued, f)
			}
		}
		if first != nil {
			return *first, nil
		}
	}
}

// next waits for the next publication of a topic.
func (b *browser) next(topic string) string {
	b.t.Helper()
	for {
		var f frame
		if len(b.queued) > 0 {
			f, b.queued = b.queued[0], b.queued[1:]
		} else {
			var err error
			if f, err = b.read(); err != nil {
				b.t.Fatalf("nothing came on %s: %v", topic, err)
			}
		}
		if f.Push != nil && f.Push.Pub != nil && f.Push.Channel == topic {
			return string(f.Push.Pub.Data)
		}
	}
}

func (b *browser) subscribe(topic string) frame {
	b.t.Helper()
	return b.ask(map[string]any{"subscribe": map[string]any{"channel": topic}})
}
