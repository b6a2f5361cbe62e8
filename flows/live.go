package flows

import (
	"context"
	"sync"
	"time"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
)

// live holds the parsed flows that calls use: every version in force, and
// older ones while calls that began with them last.
type live struct {
	mu     sync.RWMutex
	active map[key]int64
	flows  map[key]map[int64]*Flow
	names  map[name]int64 // ids of flows
}

type name struct {
	account int64
	name    string
}

type key struct{ account, flow int64 }

// maxOld is how many versions of one flow stay parsed beside the active one.
const maxOld = 16

func (l *live) put(k key, number int64, f *Flow) {
	l.mu.Lock()
	defer l.mu.Unlock()
	versions := l.flows[k]
	if versions == nil {
		versions = map[int64]*Flow{}
		l.flows[k] = versions
	}
	versions[number] = f
	for len(versions) > maxOld {
		oldest := int64(0)
		for n := range versions {
			if n != l.active[k] && n != number && (oldest == 0 || n < oldest) {
				oldest = n
			}
		}
		delete(versions, oldest)
	}
}

func (l *live) activate(k key, number int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.active[k] = number
}

func (l *live) call(n name, id int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.names[n] = id
}

// rename lets other flows find a flow by another name.
func (l *live) rename(account, id int64, to string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(account, id)
	l.names[name{account, to}] = id
}

// remove takes a flow out of force. What is parsed of it stays for the calls
// that are in it.
func (l *live) remove(account, id int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(account, id)
	delete(l.active, key{account, id})
}

func (l *live) forget(account, id int64) {
	for n, of := range l.names {
		if n.account == account && of == id {
			delete(l.names, n)
		}
	}
}

// only forgets every flow that is not in names: another process has renamed
// or removed it.
func (l *live) only(names map[name]int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.names = names
	kept := make(map[key]bool, len(names))
	for n, id := range names {
		kept[key{n.account, id}] = true
	}
	for k := range l.active {
		if !kept[k] {
			delete(l.active, k)
		}
	}
}

func (l *live) get(k key, number int64) *Flow {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.flows[k][number]
}

// Refresh reads the flows in force of every account, those that changed in
// another process included. A flow that can't be read keeps what was in force
// here before; the error names the first such flow.
func (s *Store) Refresh(ctx context.Context) error {
	s.changing.Lock() // so that what is read here does not undo what is put in force meanwhile
	defer s.changing.Unlock()
	var list []Record
	if err := db.AllAccounts(s.db.WithContext(ctx)).Scopes(present).Find(&list).Error; err != nil {
		return failed(err)
	}
	var first error
	names := make(map[name]int64, len(list))
	for _, r := range list {
		names[name{r.AccountID, r.Name}] = r.ID
	}
	s.live.only(names)
	for _, r := range list {
		k := key{r.AccountID, r.ID}
		if r.Active == 0 {
			continue
		}
		if s.live.get(k, r.Active) == nil {
			if _, err := s.load(ctx, k, r.Active); err != nil {
				if first == nil {
					first = err
				}
				continue
			}
		}
		s.live.activate(k, r.Active)
	}
	return first
}

// Current gives the version in force and its number, for a call that begins;
// nil and 0 if none is. It never touches the database.
func (s *Store) Current(account, flow int64) (*Flow, int64) {
	s.live.mu.RLock()
	defer s.live.mu.RUnlock()
	k := key{account, flow}
	number := s.live.active[k]
	if f := s.live.flows[k][number]; f != nil {
		return f, number
	}
	return nil, 0
}

// InForce lists an account's versions in force by their flows' ids. It never
// touches the database.
func (s *Store) InForce(account int64) map[int64]*Flow {
	s.live.mu.RLock()
	defer s.live.mu.RUnlock()
	list := map[int64]*Flow{}
	for k, number := range s.live.active {
		if f := s.live.flows[k][number]; k.account == account && f != nil {
			list[k.flow] = f
		}
	}
	return list
}

// Named is Current for a flow known by its name; the id comes with it. It
// never touches the database.
func (s *Store) Named(account int64, flow string) (f *Flow, id, number int64) {
	s.live.mu.RLock()
	id, ok := s.live.names[name{account, flow}]
	s.live.mu.RUnlock()
	if !ok {
		return nil, 0, 0
	}
	f, number = s.Current(account, id)
	return f, id, number
}

// lookUp bounds the one read that At may need.
const lookUp = 2 * time.Second

// At gives the version that a call began with, or nil if it is gone. Only
// after a restart, for a version that is no longer in force, does it read the
// database, once and for two seconds at most.
func (s *Store) At(account, flow, number int64) *Flow {
	k := key{account, flow}
	if f := s.live.get(k, number); f != nil {
		return f
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookUp)
	defer cancel()
	f, err := s.load(ctx, k, number)
	if err != nil {
		return nil
	}
	return f
}

func (s *Store) load(ctx context.Context, k key, number int64) (*Flow, error) {
	v, err := s.Version(ctx, k.account, k.flow, number)
	if err != nil {
		return nil, err
	}
	f, problems := Parse(v.File, []byte(v.Source))
	if f == nil {
		return nil, fault.New(fault.Internal, "flow.unreadable", "version %d of flow %d can no longer be read: %v", number, k.flow, problems)
	}
	s.live.put(k, number, f)
	return f, nil
}
