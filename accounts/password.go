package accounts

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"switchdesk/internal/fault"
)

// HashCost is what one argon2id run costs.
type HashCost struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
}

// DefaultHashCost follows OWASP's minimum for argon2id.
var DefaultHashCost = HashCost{MemoryKiB: 19 * 1024, Passes: 2, Lanes: 1}

const (
	saltLen = 16
	hashLen = 32
)

var b64 = base64.RawStdEncoding

// hashPassword makes a PHC string with a new salt.
func hashPassword(password string, c HashCost) string {
	salt := make([]byte, saltLen)
	_, _ = rand.Read(salt)
	sum := argon2.IDKey([]byte(password), salt, c.Passes, c.MemoryKiB, c.Lanes, hashLen)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, c.MemoryKiB, c.Passes, c.Lanes, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

// verifyPassword compares in constant time; stale tells that the hash was
// made at another cost and should be made anew.
func verifyPassword(phc, password string, want HashCost) (ok, stale bool) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, false
	}
	var version int
	var c HashCost
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.MemoryKiB, &c.Passes, &c.Lanes); err != nil || c.Passes == 0 || c.Lanes == 0 {
		return false, false
	}
	salt, err1 := b64.DecodeString(parts[4])
	sum, err2 := b64.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(sum) == 0 {
		return false, false
	}
	got := argon2.IDKey([]byte(password), salt, c.Passes, c.MemoryKiB, c.Lanes, uint32(len(sum)))
	return subtle.ConstantTimeCompare(got, sum) == 1, c != want
}

// verify waits for its turn, so that many sign-ins at once can't fill memory.
func (s *Service) verify(ctx context.Context, phc, password string) (ok, stale bool, err error) {
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
	case <-ctx.Done():
		return false, false, ctx.Err()
	}
	ok, stale = verifyPassword(phc, password, s.opts.Hash)
	return ok, stale, nil
}

func (s *Service) hash(ctx context.Context, password string) (string, error) {
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	return hashPassword(password, s.opts.Hash), nil
}

// checkPassword refuses what is too short, too long to hash cheaply, or
// guessed from the sign-in name.
func checkPassword(password, login string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case n < 10:
		return fault.New(fault.Invalid, "password.short", "a password has at least 10 characters").On("password")
	case len(password) > 256:
		return fault.New(fault.Invalid, "password.long", "a password has at most 256 bytes").On("password")
	case !utf8.ValidString(password):
		return fault.New(fault.Invalid, "password.text", "the password is not valid text").On("password")
	case login != "" && strings.Contains(strings.ToLower(password), strings.ToLower(login)) && n < len(login)+6:
		return fault.New(fault.Invalid, "password.login", "the password must not be built on the sign-in name").On("password")
	case distinct(password) < 4:
		return fault.New(fault.Invalid, "password.weak", "the password repeats too few characters").On("password")
	case commonPasswords[strings.ToLower(password)]:
		return fault.New(fault.Invalid, "password.common", "this password is among the first that are guessed").On("password")
	}
	return nil
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// commonPasswords are well-known ones that pass the other rules.
var commonPasswords = func() map[string]bool {
	out := map[string]bool{}
	for _, p := range strings.Fields(`1234567890 0123456789 0987654321 password12 password123 password1234
		qwertyuiop qwerty1234 qwerty12345 qwerty123456 1q2w3e4r5t 1qaz2wsx3edc 1qazxsw23edc abc1234567 abcd123456
		abcd1234567 a123456789 a1234567890 q123456789 123456789a 123456789q 1234567891 12345678910 123456789012
		iloveyou123 iloveyou12 woaini1314 woaini520 woaini1314520 5201314520 asdfghjkl1 zxcvbnm123 admin12345
		admin123456 administrator administrator1 letmein123 welcome123 welcome1234 changeme123 passw0rd123 p@ssw0rd123
		p@ssword123 password12345 qwertyuiop123 1122334455 1029384756 9876543210 147258369a 1234554321 switchdesk1 switchdesk123`) {
		out[p] = true
	}
	return out
}()
