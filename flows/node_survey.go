package flows

import "strings"

var surveySpec = Spec{
	Kind:  "survey",
	Label: Text{"满意度评价", "Satisfaction"},
	Help: Text{
		"请来电者按键评价，可按评价再问一级；结果记入通话记录",
		"asks for a rating by key, and for more by what was chosen; the call's record keeps it",
	},
	Fields: []Field{
		{
			Name: "play", Type: TypePrompts, Default: "survey_ask", Label: Text{"评价提示", "Play"},
			Help: Text{"评价的提问", "the question"},
		},
		{
			Name: "keys", Type: TypeLabels, Label: Text{"评价", "Ratings"},
			Help: Text{"按键 → 评价；默认 1 满意、2 一般、3 不满意", "key → rating; 1 good, 2 fair, 3 poor if left out"},
		},
		{
			Name: "second", Type: TypeSecond, Label: Text{"二级评价", "Second question"},
			Help: Text{"评价按键 → {play, keys}，选择该评价后再问的问题", "key of a rating → {play, keys}: what is asked after it"},
		},
		{
			Name: "into", Type: TypeVariable, Label: Text{"存入变量", "Variable"},
			Help: Text{"保存评价按键的变量", "variable that keeps the key of the rating"},
		},
		{
			Name: "thanks", Type: TypePrompts, Default: "survey_thanks", Label: Text{"致谢", "Thanks"},
			Help: Text{"评价后的播报", "said after the rating"},
		},
		timeoutField, betweenField, triesField, invalidPlayField, timeoutPlayField,
	},
	Exits: []ExitSpec{
		{Name: "next", Label: Text{"已评价", "Rated"}, Waits: true, Says: []string{"goodbye"}},
		{Name: "none", Label: Text{"未评价", "Not rated"}, Waits: true, Says: []string{"goodbye"}},
	},
	build: buildSurvey,
}

// usualRatings are those that the recording survey_ask names.
var usualRatings = []label{{"1", Text{"满意", "good"}}, {"2", Text{"一般", "fair"}}, {"3", Text{"不满意", "poor"}}}

// label is a key and what it stands for.
type label struct {
	key  string
	text Text
}

// question is the second level for one rating.
type question struct {
	at
	key    string
	asking asking
	labels []label
}

type surveyNode struct {
	asking
	ratings []label
	second  map[string]*question
	into    string
	thanks  []spoken
}

func buildSurvey(_ *Node, f fields, r *nodeReader) doer {
	s := &surveyNode{asking: newAsking(f), into: f.text("into"), thanks: f.prompts("thanks"), second: map[string]*question{}}
	s.ratings, _ = f["keys"].([]label)
	if !r.has("keys") {
		s.ratings = usualRatings
	}
	s.collect.Max = longest(s.ratings)
	list, _ := f["second"].([]*question)
	for _, q := range list {
		if find(s.ratings, q.key) == nil && len(s.ratings) > 0 {
			r.add(q.at, "second.lost", q.key)
		}
		play := q.asking.play
		q.asking = s.asking
		q.asking.play = play
		q.asking.collect.Max = longest(q.labels)
		s.second[q.key] = q
	}
	if s.into != "" {
		r.sets(r.place("into"), s.into)
	}
	return s
}

func longest(list []label) int {
	n := 1
	for _, l := range list {
		n = max(n, len(l.key))
	}
	return n
}

func find(list []label, key string) *label {
	for i := range list {
		if list[i].key == key {
			return &list[i]
		}
	}
	return nil
}

// labels reads a table of keys and what they stand for.
func (r *nodeReader) labels(name string, v *value) []label {
	var out []label
	for _, e := range r.table(name, v, 50) {
		if !isKeys(e.key.text) {
			r.add(e.key.at, "menu.key", e.key.text)
			continue
		}
		if text := r.word(&e); text != "" {
			if len([]rune(text)) > maxLabel {
				r.add(e.val.at, "field.long", e.key.text, maxLabel)
				continue
			}
			out = append(out, label{e.key.text, Text{text, text}})
		}
	}
	return out
}

// maxLabel is how many characters the record keeps of a rating.
const maxLabel = 60

var secondFields = []string{"play", "keys"}

func (r *nodeReader) second(v *value) []*question {
	var out []*question
	for _, e := range r.table("second", v, 50) {
		q := &question{at: e.key.at, key: e.key.text}
		if e.val.shape != table {
			r.add(e.val.at, "field.shape", "second", "a table of play and keys", " play 和 keys 的表")
			continue
		}
		given := map[string]bool{}
		for _, x := range unique(r.p, r.node.Name, &e.val) {
			given[x.key.text] = true
			switch x.key.text {
			case "play":
				q.asking.play = r.prompts("play", &x.val, 0)
			case "keys":
				q.labels = r.labels("keys", &x.val)
			default:
				unknownField(r.p, r.node.Name, x.key, secondFields)
			}
		}
		for _, name := range secondFields {
			if !given[name] {
				r.add(e.key.at, "field.missing", name)
			}
		}
		out = append(out, q)
	}
	return out
}

// Stages of a survey: "" the rating is asked for; "1" the second question
// after the rating 1; "thanks" afterwards. A rating is written down as soon
// as it is there: whoever hangs up at the second question has rated.
const surveyThanks = "thanks"

func (n *surveyNode) enter(w *walk) turn {
	switch q := n.second[w.r.Stage]; {
	case w.r.Stage == surveyThanks:
		return n.thank(w)
	case q != nil:
		return q.asking.ask(w, nil)
	}
	return n.ask(w, nil)
}

func (n *surveyNode) thank(w *walk) turn {
	if prompts := w.say(n.thanks); len(prompts) > 0 {
		return act(Play{Prompts: prompts})
	}
	return leave("next")
}

func (n *surveyNode) on(w *walk, in Input) turn {
	switch in := in.(type) {
	case Done: // the rating is kept
		if w.r.Stage != "" {
			return n.enter(w)
		}
	case Played:
		if w.r.Stage == surveyThanks {
			return leave("next")
		}
	case Digits:
		return n.pressed(w, clip(in.Value))
	case Failed:
		q := n.second[w.r.Stage]
		switch {
		case w.r.Stage == surveyThanks:
			return leave("next")
		case q != nil:
			return n.onward(w, q.asking.failed(w, in))
		}
		return n.onward(w, n.failed(w, in))
	}
	return wait
}

// onward turns the exits of asking into those of a survey.
func (n *surveyNode) onward(w *walk, t turn) turn {
	switch {
	case t.exit == "":
		return t
	case w.r.Stage != "": // the rating itself is there
		w.trail(w.n, turn{input: t.input, detail: t.detail})
		w.r.Stage = surveyThanks
		return n.thank(w)
	}
	return leaveWith("none", t.input, t.detail)
}

func (n *surveyNode) pressed(w *walk, key string) turn {
	q := n.second[w.r.Stage]
	ask, labels := &n.asking, n.ratings
	if q != nil {
		ask, labels = &q.asking, q.labels
	} else if w.r.Stage != "" {
		return wait
	}
	chosen := find(labels, key)
	switch {
	case key == "":
		return n.onward(w, ask.silent(w, ""))
	case chosen == nil:
		return n.onward(w, ask.wrong(w, key))
	}
	w.r.Silent, w.r.Tries = 0, 0
	words := n.words(w, chosen)
	if q == nil && n.into != "" {
		w.set(n.into, key)
	}
	w.trail(w.n, turn{input: key, detail: words})
	if q != nil {
		first := find(n.ratings, q.key)
		w.r.Stage = surveyThanks
		return act(Rate{Key: q.key, Label: n.words(w, first), Second: words})
	}
	w.r.Stage = surveyThanks
	if n.second[key] != nil {
		w.r.Stage = key
	}
	return act(Rate{Key: key, Label: words})
}

func (n *surveyNode) words(w *walk, l *label) string {
	if l == nil {
		return ""
	}
	return strings.TrimSpace(pick(w.f.Language != "en", l.text.ZH, l.text.EN))
}

func (n *surveyNode) refs(see *seen) {
	n.see(see)
	see.prompts(n.thanks)
	for _, q := range n.second {
		see.prompts(q.asking.play)
	}
}
