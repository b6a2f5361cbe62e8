package api

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"switchdesk/accounts"
	"switchdesk/internal/fault"
)

// KeyView is an API key. Its secret is never shown again.
type KeyView struct {
	ID        int64      `json:"id"`
	Name      string     `json:"name"`
	Hint      string     `json:"hint" doc:"how the secret begins" example:"sdk_k3Jx"`
	By        string     `json:"by,omitempty" doc:"whose rights it has some of"`
	Rights    []string   `json:"rights"`
	State     string     `json:"state" enum:"active,expired,revoked"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	UsedAt    *time.Time `json:"used_at,omitempty" doc:"to the minute"`
	UsedIP    string     `json:"used_ip,omitempty"`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
}

// KeyInput makes an API key.
type KeyInput struct {
	Name      string     `json:"name" minLength:"1" maxLength:"60"`
	Rights    []string   `json:"rights" maxItems:"100" doc:"some of the maker's own"`
	ExpiresAt *time.Time `json:"expires_at,omitempty" doc:"within two years; never if left out"`
}

// KeyMade is a new key with its secret.
type KeyMade struct {
	KeyView
	Secret string `json:"secret" doc:"shown this once"`
}

// KeyList is an account's keys, and what a new one may have.
type KeyList struct {
	Items  []KeyView   `json:"items"`
	Rights []RightView `json:"rights" doc:"rights that the asker may give to a key"`
}

type keyNew struct{ Body KeyInput }

func keyView(k accounts.Key, names map[int64]string, now time.Time) KeyView {
	state := "active"
	switch {
	case k.RevokedAt != nil:
		state = "revoked"
	case k.ExpiresAt != nil && !now.Before(*k.ExpiresAt):
		state = "expired"
	}
	return KeyView{
		ID: k.ID, Name: k.Name, Hint: k.Hint, By: names[k.UserID], Rights: rightNames(k.Rights), State: state,
		CreatedAt: k.CreatedAt.UTC(), ExpiresAt: utc(k.ExpiresAt), UsedAt: utc(k.UsedAt), UsedIP: k.UsedIP, RevokedAt: utc(k.RevokedAt),
	}
}

func rightNames(rights accounts.Rights) []string {
	return each(rights, func(r accounts.Right) string { return string(r) })
}

func (s *Server) listKeys(ctx context.Context, _ *nothingIn) (*Body[KeyList], error) {
	rows, err := s.accounts.Keys(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	names, err := s.userNames(ctx)
	if err != nil {
		return nil, err
	}
	allowed := accounts.KeyRights(actorOf(ctx))
	mine := slices.DeleteFunc(slices.Clone(accounts.Catalogue), func(r accounts.RightInfo) bool { return !allowed.Has(r.Right) })
	return body(KeyList{
		Items:  each(rows, func(k accounts.Key) KeyView { return keyView(k, names, s.now()) }),
		Rights: each(mine, rightView),
	}), nil
}

func (s *Server) makeKey(ctx context.Context, in *keyNew) (*Body[KeyMade], error) {
	rights := each(in.Body.Rights, func(r string) accounts.Right { return accounts.Right(r) })
	k, secret, err := s.accounts.MakeKey(ctx, actorOf(ctx), in.Body.Name, rights, in.Body.ExpiresAt)
	if err != nil {
		return nil, err
	}
	names, err := s.userNames(ctx)
	if err != nil {
		return nil, err
	}
	return body(KeyMade{KeyView: keyView(k, names, s.now()), Secret: secret}), nil
}

func (s *Server) revokeKey(ctx context.Context, in *ByID) (*Nothing, error) {
	return nil, s.accounts.RevokeKey(ctx, actorOf(ctx), in.ID)
}

// bearer is the API key that a request carries.
func bearer(r *http.Request) (string, bool) {
	kind, secret, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(kind, "Bearer") {
		return "", false
	}
	return strings.TrimSpace(secret), true
}

// identifyKey finds whose program asks. A key that asks too often, and an
// address that tries keys that are none, have to wait.
func (s *Server) identifyKey(c echo.Context, r *request, secret string) error {
	r.token = "" // a key in hand goes before a cookie
	if wait := s.strangers.wait(r.ip, s.now()); wait > 0 {
		return tooOften(c, wait)
	}
	actor, err := s.accounts.KeyActor(c.Request().Context(), secret, r.ip)
	if err != nil {
		if fault.KindOf(err) == fault.Unauthenticated {
			s.strangers.take(r.ip, s.now())
		}
		return err
	}
	if wait := s.keys.take(strconv.FormatInt(actor.Key, 10), s.now()); wait > 0 {
		return tooOften(c, wait)
	}
	actor.IP = r.ip
	if lang := c.Request().Header.Get("Accept-Language"); lang != "" {
		actor.Language = "en"
		if strings.HasPrefix(strings.ToLower(lang), "zh") {
			actor.Language = "zh-CN"
		}
	}
	r.actor = &actor
	r.log = r.log.With("user", actor.UserID, "key", actor.Key)
	return nil
}

func tooOften(c echo.Context, wait time.Duration) error {
	c.Response().Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	return fault.New(fault.TooMany, "key.too_often", "too many requests; try again in %s", wait.Round(time.Second/10))
}

// How often a key may ask, and an address may be wrong, per second and at once.
const (
	keyRate, keyBurst           = 20, 100
	strangerRate, strangerBurst = 0.2, 10
	maxBuckets                  = 10_000
)

// buckets bound how often each of many may do something: so many at once, and
// so many a second after that.
type buckets struct {
	mu          *sync.Mutex
	rate, burst float64
	of          map[string]*bucket
}

type bucket struct {
	left float64
	at   time.Time
}

func newBuckets(rate, burst float64) buckets {
	return buckets{mu: &sync.Mutex{}, rate: rate, burst: burst, of: map[string]*bucket{}}
}

// take uses one up; it gives how long to wait if there is none.
func (b *buckets) take(name string, now time.Time) time.Duration {
	return b.look(name, now, 1)
}

// wait tells how long there is none, and uses none up.
func (b *buckets) wait(name string, now time.Time) time.Duration { return b.look(name, now, 0) }

func (b *buckets) look(name string, now time.Time, use float64) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	k := b.of[name]
	if k == nil {
		if use == 0 {
			return 0
		}
		b.sweep(now)
		k = &bucket{left: b.burst, at: now}
		b.of[name] = k
	}
	k.left = min(b.burst, k.left+max(0, now.Sub(k.at).Seconds())*b.rate)
	k.at = now
	if k.left < 1 {
		return time.Duration((1 - k.left) / b.rate * float64(time.Second))
	}
	k.left -= use
	return 0
}

// sweep forgets those that are full again, and everybody if that is not
// enough.
func (b *buckets) sweep(now time.Time) {
	if len(b.of) < maxBuckets {
		return
	}
	for name, k := range b.of {
		if k.left+now.Sub(k.at).Seconds()*b.rate >= b.burst {
			delete(b.of, name)
		}
	}
	if len(b.of) >= maxBuckets {
		clear(b.of)
	}
}
