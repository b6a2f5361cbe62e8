package accounts

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// Key lets a program use the API in its maker's name, with some of the
// maker's rights. Its secret is never kept.
type Key struct {
	ID         int64
	AccountID  int64
	UserID     int64 // maker
	Name       string
	Hint       string // how the secret begins
	SecretHash string
	Rights     Rights
	CreatedAt  time.Time
	ExpiresAt  *time.Time // nil: it doesn't
	UsedAt     *time.Time // to the minute
	UsedIP     string
	RevokedAt  *time.Time
}

// TableName names the table.
func (Key) TableName() string { return "api_keys" }

// KeyPrefix begins every key's secret, so that one that has leaked can be
// found by search.
const KeyPrefix = "sdk_"

// Bounds of keys.
const (
	maxKeys   = 100 // of an account, that are not revoked
	maxKeyAge = 2 * 366 * 24 * 3600 * time.Second
)

// personal are rights that would let a key become a person, so no key has them.
var personal = Rights{UsersManage, RolesManage, KeysManage}

// KeyRights are the rights of an actor that a key of theirs may have.
func KeyRights(actor Actor) Rights {
	return slices.DeleteFunc(slices.Clone(actor.Rights), personal.Has)
}

// Keys lists the account's keys, the newest first, revoked ones too. It fails
// with Forbidden.
func (s *Service) Keys(ctx context.Context, actor Actor) ([]Key, error) {
	if !actor.Can(KeysManage) {
		return nil, forbidden()
	}
	var rows []Key
	err := s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Order("id DESC").Limit(500).Find(&rows).Error
	return rows, failed(err)
}

// MakeKey makes a key and gives its secret, this once. Expires may be nil. It
// fails with Forbidden, with Invalid for a name, a time or rights that can't
// be, with Forbidden "key.beyond" for a right that the maker lacks, and with
// Conflict "key.many".
func (s *Service) MakeKey(ctx context.Context, actor Actor, name string, rights Rights, expires *time.Time) (Key, string, error) {
	if !actor.Can(KeysManage) {
		return Key{}, "", forbidden()
	}
	if err := checkName(&name, "name", 60); err != nil {
		return Key{}, "", err
	}
	rights, err := rights.checked()
	if err != nil {
		return Key{}, "", err
	}
	if len(rights) == 0 {
		return Key{}, "", invalid("key.rights", "rights", "a key without a right can do nothing")
	}
	allowed := KeyRights(actor)
	for _, r := range rights {
		if !allowed.Has(r) {
			return Key{}, "", fault.New(fault.Forbidden, "key.beyond", "a key can't have the right %s: you lack it, or it stays with people", string(r)).On("rights")
		}
	}
	now := s.now()
	if expires != nil {
		if !expires.After(now) || expires.Sub(now) > maxKeyAge {
			return Key{}, "", invalid("key.expires", "expires_at", "a key ends within two years, or not by itself")
		}
		t := expires.UTC().Truncate(time.Microsecond)
		expires = &t
	}
	var live int64
	err = s.db.WithContext(ctx).Model(&Key{}).Scopes(db.In(actor.AccountID)).Where("revoked_at IS NULL").Count(&live).Error
	if err != nil {
		return Key{}, "", failed(err)
	}
	if live >= maxKeys {
		return Key{}, "", fault.New(fault.Conflict, "key.many", "there are %d keys already; revoke those that nobody needs", maxKeys)
	}
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // crypto/rand.Read never fails
	secret := KeyPrefix + base64.RawURLEncoding.EncodeToString(raw[:])
	k := Key{
		AccountID: actor.AccountID, UserID: actor.UserID, Name: name, Hint: secret[:len(KeyPrefix)+4],
		SecretHash: tokenHash(secret), Rights: rights, CreatedAt: now, ExpiresAt: expires,
	}
	if err := s.db.WithContext(ctx).Create(&k).Error; err != nil {
		return Key{}, "", failed(err)
	}
	s.audit(ctx, actor.entry("key.create", "key", k.ID, map[string]any{"name": k.Name, "rights": joined(k.Rights), "expires": k.ExpiresAt}))
	return k, secret, nil
}

// RevokeKey ends a key at once. It fails with Forbidden and NotFound.
func (s *Service) RevokeKey(ctx context.Context, actor Actor, id int64) error {
	if !actor.Can(KeysManage) {
		return forbidden()
	}
	var k Key
	err := s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Where("id = ? AND revoked_at IS NULL", id).Take(&k).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return unknown("key")
	}
	if err != nil {
		return failed(err)
	}
	err = s.db.WithContext(ctx).Model(&Key{}).Scopes(db.In(actor.AccountID)).Where("id = ?", id).Update("revoked_at", s.now()).Error
	if err != nil {
		return failed(err)
	}
	s.audit(ctx, actor.entry("key.revoke", "key", id, map[string]any{"name": k.Name}))
	return nil
}

// KeyActor tells who a key stands for: its maker, with those of the key's
// rights that the maker still has. It fails with Unauthenticated for a key
// that is unknown, revoked or over, and when its maker or the account was
// disabled.
func (s *Service) KeyActor(ctx context.Context, secret, ip string) (Actor, error) {
	refused := fault.New(fault.Unauthenticated, "key.unknown", "this API key is not known, or no longer holds")
	if !strings.HasPrefix(secret, KeyPrefix) || len(secret) > 100 {
		return Actor{}, refused
	}
	var k Key
	err := db.AllAccounts(s.db.WithContext(ctx)).Where("secret_hash = ? AND revoked_at IS NULL", tokenHash(secret)).Take(&k).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Actor{}, refused
	}
	if err != nil {
		return Actor{}, failed(err)
	}
	now := s.now()
	if k.ExpiresAt != nil && !now.Before(*k.ExpiresAt) {
		return Actor{}, refused
	}
	actor, err := s.ActorOf(ctx, k.AccountID, k.UserID)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return Actor{}, refused
		}
		return Actor{}, err
	}
	held := actor.Rights
	actor.Rights = slices.DeleteFunc(slices.Clone(k.Rights), func(r Right) bool { return !held.Has(r) || personal.Has(r) })
	actor.Key, actor.KeyName, actor.Number = k.ID, k.Name, ""
	if k.UsedAt == nil || now.Sub(*k.UsedAt) >= time.Minute || k.UsedIP != clip(ip, 60) {
		_ = s.db.WithContext(ctx).Model(&Key{}).Scopes(db.In(k.AccountID)).Where("id = ?", k.ID).
			Updates(map[string]any{"used_at": now, "used_ip": clip(ip, 60)}).Error // knowing is not worth a refusal
	}
	return actor, nil
}
