package simswitch

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

type shippedContext struct {
	Extensions []struct {
		Name    string `xml:"name,attr"`
		Actions []struct {
			App  string `xml:"application,attr"`
			Data string `xml:"data,attr"`
		} `xml:"condition>action"`
	} `xml:"extension"`
}

// The built-in dialplan must do what the shipped configuration does.
func TestDialplanIsTheShippedOne(t *testing.T) {
	for _, c := range []struct {
		file, extension string
		built           []action
	}{
		{"public.xml", "inbound", publicPlan}, {"desk.xml", "outbound", deskPlan}, {"switchdesk.xml", "after", afterPlan},
	} {
		text, err := os.ReadFile(filepath.Join("..", "configs", "freeswitch", "dialplan", c.file))
		if err != nil {
			t.Fatal(err)
		}
		var context shippedContext
		if err := xml.Unmarshal(text, &context); err != nil {
			t.Fatal(err)
		}
		var shipped []action
		for _, e := range context.Extensions {
			if e.Name != c.extension {
				continue
			}
			for _, a := range e.Actions {
				shipped = append(shipped, action{a.App, a.Data})
			}
		}
		if !slices.Equal(shipped, c.built) {
			t.Errorf("%s of %s does\n%v\nthe simulated one does\n%v", c.extension, c.file, shipped, c.built)
		}
	}
}
