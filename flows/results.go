package flows

// CaseResult is what came of one saved case of a flow.
type CaseResult struct {
	Name       string
	Why, WhyZH string // the first thing that is not as expected, "" if all is
	Tried      Tried
}

// Results plays every saved case and tells what came of it. Of env only what
// names things is used.
func (f *Flow) Results(env Env) []CaseResult {
	out := make([]CaseResult, len(f.Cases))
	for i := range f.Cases {
		c := &f.Cases[i]
		r := CaseResult{Name: c.Name, Tried: f.Try(c.Trial, env)}
		r.Why, r.WhyZH = c.misses(r.Tried)
		out[i] = r
	}
	return out
}
