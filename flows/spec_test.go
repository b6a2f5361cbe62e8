package flows

import "testing"

func TestLabels(t *testing.T) {
	for _, c := range []struct{ kind, exit, zh, en string }{
		{"menu", "1", "按键 1", "key 1"},
		{"menu", "timeout", "超时无按键", "No key pressed"},
		{"caller", "case 2", "条件 2", "case 2"},
		{"hours", "open", "工作时间", "Open"},
		{"fallback", "hangup", "hangup", "hangup"},
		{"menu", "", "", ""},
	} {
		if got := ExitLabel(c.kind, c.exit); got != (Text{c.zh, c.en}) {
			t.Errorf("%s %s: %+v", c.kind, c.exit, got)
		}
	}
	if KindLabel("group").ZH != "转技能组" || KindLabel("fallback").ZH != "fallback" {
		t.Error("kind label")
	}
}

// The editor and the description need every label in both languages.
func TestSpecsAreComplete(t *testing.T) {
	whole := func(where string, texts ...Text) {
		for _, x := range texts {
			if x.ZH == "" || x.EN == "" {
				t.Errorf("%s: %+v", where, x)
			}
		}
	}
	for _, s := range Specs() {
		whole(s.Kind, s.Label, s.Help)
		for _, f := range s.Fields {
			whole(s.Kind+"."+f.Name, f.Label, f.Help)
			if f.Required && f.Default != "" {
				t.Errorf("%s.%s is required and has a default", s.Kind, f.Name)
			}
		}
		for _, x := range s.Exits {
			whole(s.Kind+"."+x.Name, x.Label)
			if x.Required && len(x.Says) > 0 {
				t.Errorf("%s.%s is required and says something", s.Kind, x.Name)
			}
		}
	}
}
