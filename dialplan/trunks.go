package dialplan

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/internal/fault"
	"switchdesk/internal/phone"
	"switchdesk/storage/db"
)

// Gateway is the trunk's name at the switch, where names are shared by all
// accounts.
func (t Trunk) Gateway() string { return fmt.Sprintf("sd-%d", t.ID) }

// Way is how an outside number is reached: the gateway, the number as the
// carrier wants it, and the number to show.
type Way struct {
	Gateway  string
	Number   string
	CallerID string
}

// Trunks lists the account's trunks.
func (s *Service) Trunks(ctx context.Context, actor accounts.Actor) ([]Trunk, error) {
	return s.AccountTrunks(ctx, actor.AccountID)
}

// AccountTrunks lists an account's trunks in the order of their making, for
// the live floor.
func (s *Service) AccountTrunks(ctx context.Context, account int64) ([]Trunk, error) {
	var rows []Trunk
	return rows, failed(s.db.WithContext(ctx).Scopes(db.In(account)).Order("id").Find(&rows).Error)
}

// WayOut finds how the account reaches an outside number: its first enabled
// trunk. It fails with Invalid if the text is no number that can be dialled,
// and with Unavailable without a trunk.
func (s *Service) WayOut(ctx context.Context, account int64, number string) (Way, error) {
	n := phone.Normalize(number)
	if !phone.Dialable(n) {
		return Way{}, fault.New(fault.Invalid, "number.form", "%q is not a telephone number", number).On("number")
	}
	trunks, err := s.AccountTrunks(ctx, account)
	if err != nil {
		return Way{}, err
	}
	for _, t := range trunks {
		if t.Enabled {
			return t.Way(n), nil
		}
	}
	return Way{}, fault.New(fault.Unavailable, "trunk.none", "no trunk leads out; an administrator must add one")
}

// Way is how this trunk reaches a normalized number.
func (t Trunk) Way(number string) Way {
	return Way{Gateway: t.Gateway(), Number: t.Prefix + number, CallerID: t.CallerID}
}

// TrunkInput is a trunk as a person edits it. Password nil keeps the old one.
type TrunkInput struct {
	ID       int64   `json:"id"`
	Name     string  `json:"name"`
	Proxy    string  `json:"proxy"`
	Username string  `json:"username"`
	Password *string `json:"password"`
	Register bool    `json:"register"`
	CallerID string  `json:"caller_id"`
	Prefix   string  `json:"prefix"`
	Enabled  bool    `json:"enabled"`
}

// SaveTrunk adds (ID 0) or changes a trunk. The switches must then be told to
// read their gateways anew. It fails with Forbidden, Invalid, NotFound and
// Conflict (the name is taken).
func (s *Service) SaveTrunk(ctx context.Context, actor accounts.Actor, in TrunkInput) (Trunk, error) {
	if !actor.Can(accounts.NumbersManage) {
		return Trunk{}, forbidden()
	}
	t := Trunk{ID: in.ID, AccountID: actor.AccountID, Name: in.Name, Proxy: strings.TrimSpace(in.Proxy), Username: strings.TrimSpace(in.Username),
		Register: in.Register, CallerID: in.CallerID, Prefix: strings.TrimSpace(in.Prefix), Enabled: in.Enabled, UpdatedAt: s.now()}
	columns := []string{"Name", "Proxy", "Username", "Register", "CallerID", "Prefix", "Enabled", "UpdatedAt"}
	if in.Password != nil {
		t.Password = *in.Password
		columns = append(columns, "Password")
	}
	if err := checkTrunk(&t); err != nil {
		return Trunk{}, err
	}
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if t.ID == 0 {
			t.CreatedAt = s.now()
			return tx.Create(&t).Error
		}
		res := tx.Model(&Trunk{}).Scopes(db.In(actor.AccountID)).Where("id = ?", t.ID).Select(columns).Updates(&t)
		if res.Error == nil && res.RowsAffected == 0 {
			return fault.New(fault.NotFound, "trunk.unknown", "there is no such trunk")
		}
		if res.Error != nil {
			return res.Error
		}
		return tx.Scopes(db.In(actor.AccountID)).Where("id = ?", t.ID).Take(&t).Error
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return Trunk{}, fault.New(fault.Conflict, "trunk.taken", "a trunk of this name is there already").On("name")
	}
	return t, failed(err)
}

// DeleteTrunk removes a trunk. It fails with Forbidden and NotFound.
func (s *Service) DeleteTrunk(ctx context.Context, actor accounts.Actor, id int64) error {
	if !actor.Can(accounts.NumbersManage) {
		return forbidden()
	}
	res := s.db.WithContext(ctx).Scopes(db.In(actor.AccountID)).Where("id = ?", id).Delete(&Trunk{})
	if res.Error == nil && res.RowsAffected == 0 {
		return fault.New(fault.NotFound, "trunk.unknown", "there is no such trunk")
	}
	return failed(res.Error)
}

var (
	hostForm = regexp.MustCompile(`^([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?\.)*[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$`)
	// What these texts may hold, so that nothing in them means something to
	// the switch: no ${}, no quotes, brackets, commas or line ends.
	userForm   = regexp.MustCompile(`^[A-Za-z0-9_.+@-]{0,100}$`)
	secretForm = regexp.MustCompile(`^[\x21\x23\x25\x28-\x2b\x2d-\x3b\x3d\x3f-\x5a\x5e-\x60a-z~]{0,100}$`)
	prefixForm = regexp.MustCompile(`^\+?[0-9]{0,12}$`)
)

func checkTrunk(t *Trunk) error {
	if err := checkName(&t.Name); err != nil {
		return err
	}
	host := t.Proxy
	if h, port, err := net.SplitHostPort(t.Proxy); err == nil {
		if p, err := strconv.Atoi(port); err != nil || p < 1 || p > 65535 {
			return fault.New(fault.Invalid, "trunk.proxy", "the port is not between 1 and 65535").On("proxy")
		}
		host = h
	}
	switch {
	case len(host) > 190 || (!hostForm.MatchString(host) && net.ParseIP(host) == nil):
		return fault.New(fault.Invalid, "trunk.proxy", "the carrier's address is a host or host:port").On("proxy")
	case !userForm.MatchString(t.Username):
		return fault.New(fault.Invalid, "trunk.username", "the user name holds characters that a switch does not take").On("username")
	case !secretForm.MatchString(t.Password):
		return fault.New(fault.Invalid, "trunk.password", "the password may hold letters, digits and !#%%()*+-./:;=?@^_`~ (at most 100)").On("password")
	case t.Register && t.Username == "":
		return fault.New(fault.Invalid, "trunk.register", "to register, a user name is needed").On("username")
	case !prefixForm.MatchString(t.Prefix):
		return fault.New(fault.Invalid, "trunk.prefix", "the prefix is digits").On("prefix")
	}
	if t.CallerID != "" {
		n := phone.Normalize(t.CallerID)
		if !phone.Dialable(n) {
			return fault.New(fault.Invalid, "trunk.caller_id", "%q is not a telephone number", t.CallerID).On("caller_id")
		}
		t.CallerID = n
	}
	return nil
}
