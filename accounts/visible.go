package accounts

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"switchdesk/storage/db"
)

// Visible is whose work somebody sees: All, or the users listed (sorted).
type Visible struct {
	All   bool
	Users []int64
}

// Includes tells whether a user's work is seen.
func (v Visible) Includes(user int64) bool {
	if v.All {
		return true
	}
	_, ok := slices.BinarySearch(v.Users, user)
	return ok
}

// Where keeps a query to what is seen, by the column that holds the user.
func (v Visible) Where(column string) func(*gorm.DB) *gorm.DB {
	return func(g *gorm.DB) *gorm.DB {
		if v.All {
			return g
		}
		return g.Where(column+" IN ?", append([]int64{-1}, v.Users...))
	}
}

// VisibleUsers tells whose work the actor sees by the role's scope: own;
// subordinates: everybody below in the chain of superiors, and everybody in
// departments that they manage with those below; department: everybody in
// the actor's department and below; all.
func (s *Service) VisibleUsers(ctx context.Context, actor Actor) (Visible, error) {
	if actor.Scope == ScopeAll {
		return Visible{All: true}, nil
	}
	seen := map[int64]bool{actor.UserID: true}
	if actor.Scope == ScopeSubordinates || actor.Scope == ScopeDepartment {
		g := s.db.WithContext(ctx)
		var users []User
		if err := g.Scopes(db.In(actor.AccountID)).Select("id", "superior_id", "department_id").Find(&users).Error; err != nil {
			return Visible{}, failed(err)
		}
		departments, err := s.departments(g, actor.AccountID)
		if err != nil {
			return Visible{}, err
		}
		if actor.Scope == ScopeSubordinates {
			below(seen, users, departments)
		} else if actor.DepartmentID != 0 {
			inDepartments(seen, users, under(departments, map[int64]bool{actor.DepartmentID: true}))
		}
	}
	v := Visible{}
	for id := range seen {
		v.Users = append(v.Users, id)
	}
	slices.Sort(v.Users)
	return v, nil
}

// below grows the set by subordinates and managed departments until nothing
// is added: who is below somebody below is below.
func below(seen map[int64]bool, users []User, departments []Department) {
	for before := 0; before != len(seen); {
		before = len(seen)
		managed := map[int64]bool{}
		for _, d := range departments {
			if d.ManagerID != 0 && seen[d.ManagerID] {
				managed[d.ID] = true
			}
		}
		inDepartments(seen, users, under(departments, managed))
		for _, u := range users {
			if u.SuperiorID != 0 && seen[u.SuperiorID] {
				seen[u.ID] = true
			}
		}
	}
}

func inDepartments(seen map[int64]bool, users []User, departments map[int64]bool) {
	for _, u := range users {
		if departments[u.DepartmentID] {
			seen[u.ID] = true
		}
	}
}

// under grows a set of departments by all that are below them.
func under(departments []Department, set map[int64]bool) map[int64]bool {
	for before := -1; before != len(set); {
		before = len(set)
		for _, d := range departments {
			if set[d.ParentID] {
				set[d.ID] = true
			}
		}
	}
	return set
}
