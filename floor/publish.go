package floor

import "time"

func (s *Service) publish(d *Drained, now time.Time) {
	if len(s.watch) == 0 {
		return
	}
	for _, l := range d.Changed {
		s.walls[l.Call.Account] = true
		if s.core.live[l.Call.ID] != l {
			continue
		}
		v := s.core.liveCall(l)
		s.send(Update{Account: l.Call.Account, Call: &v})
	}
	for i := range d.Ended {
		b := &d.Ended[i]
		s.walls[b.Account] = true
		s.send(Update{Account: b.Account, Ended: b.Record.ID})
	}
	for _, a := range d.Agents {
		s.walls[a.Account] = true
		if b, ok := s.core.Bar(a.ID); ok {
			s.send(Update{Account: a.Account, Agent: a.ID, Bar: &b})
		}
	}
	s.publishBars(d)
	if len(s.walls) > 0 && now.Sub(s.wallAt) >= wallEvery {
		s.wallAt = now
		for account := range s.walls {
			w := s.core.Wall(account, now)
			s.send(Update{Account: account, Wall: &w})
		}
		clear(s.walls)
	}
}

// publishBars tells the agents on a call that has changed while they have not.
func (s *Service) publishBars(d *Drained) {
	told := map[int64]bool{}
	for _, a := range d.Agents {
		told[a.ID] = true
	}
	for _, l := range d.Changed {
		for _, leg := range l.Call.Others {
			if leg.Agent == 0 || told[leg.Agent] {
				continue
			}
			told[leg.Agent] = true
			if b, ok := s.core.Bar(leg.Agent); ok {
				s.send(Update{Account: l.Call.Account, Agent: leg.Agent, Bar: &b})
			}
		}
	}
}

func (s *Service) send(u Update) {
	for _, f := range s.watch {
		f(u)
	}
}
