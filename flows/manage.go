package flows

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// Rename gives a flow another name; its versions keep their text, and are
// handed out with the new name in it. It fails with Conflict "flow.used"
// while flows in force lead to it by the old name, which come back with it;
// with "flow.name_taken", with Invalid "flow.name", and with NotFound.
func (s *Store) Rename(ctx context.Context, account, flow int64, to string) ([]InForce, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	r, err := s.Get(ctx, account, flow)
	if err != nil || r.Name == to {
		return nil, err
	}
	if !isName(to) {
		return nil, fault.New(fault.Invalid, "flow.name", "%q is not a usable name for a flow", shorten(to)).On("name")
	}
	if users := s.leadingTo(account, r); len(users) > 0 {
		return users, used("its name can't change")
	}
	err = s.db.WithContext(ctx).Model(&Record{}).Scopes(db.In(account)).Where("id = ?", flow).
		Updates(map[string]any{"name": to, "updated_at": db.Now()}).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return nil, nameTaken(to)
	}
	if err == nil {
		s.live.rename(account, flow, to)
	}
	return nil, failed(err)
}

// Remove takes a flow away. Calls that are in it go on, records and figures
// stay. It fails with Conflict "flow.used" while flows in force lead to it,
// which come back with it, and with NotFound. Whoever calls it has seen to it
// that no number leads here.
func (s *Store) Remove(ctx context.Context, account, flow int64) ([]InForce, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	r, err := s.Get(ctx, account, flow)
	if err != nil {
		return nil, err
	}
	if users := s.leadingTo(account, r); len(users) > 0 {
		return users, used("it can't be removed")
	}
	now := db.Now()
	// The name is free again: no name of a flow holds a #.
	name := "#" + strconv.FormatInt(flow, 10) + " " + r.Name
	err = db.Tx(ctx, s.db, func(tx *gorm.DB) error {
		if err := tx.Scopes(db.In(account)).Where("flow_id = ?", flow).Delete(&Draft{}).Error; err != nil {
			return err
		}
		return tx.Model(&Record{}).Scopes(db.In(account)).Where("id = ?", flow).
			Updates(map[string]any{"name": name, "active": 0, "removed_at": now, "updated_at": now}).Error
	})
	if err == nil {
		s.live.remove(account, flow)
	}
	return nil, failed(err)
}

func used(so string) error {
	return fault.New(fault.Conflict, "flow.used", "other parts lead to this flow, so %s; change those first", so)
}

// leadingTo lists the other flows in force with a node that leads to one.
func (s *Store) leadingTo(account int64, r Record) []InForce {
	return slices.DeleteFunc(s.Mentioning(account, func(m Mentions) bool { return slices.Contains(m.Flows, r.Name) }),
		func(f InForce) bool { return f.ID == r.ID })
}

// Older is the number of the version that a roll-back goes to: the newest one
// below the one in force that has been in force before. It fails with
// Conflict "flow.no_older" if there is none, and with NotFound.
func (s *Store) Older(ctx context.Context, account, flow int64) (int64, error) {
	r, err := s.Get(ctx, account, flow)
	if err != nil {
		return 0, err
	}
	var v Version
	err = s.db.WithContext(ctx).Scopes(db.In(account)).Omit("source").
		Where("flow_id = ? AND number < ? AND activated_at IS NOT NULL", flow, r.Active).Order("number DESC").Take(&v).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return 0, fault.New(fault.Conflict, "flow.no_older", "no older version of this flow has been in force")
	}
	return v.Number, failed(err)
}
