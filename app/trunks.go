package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"switchdesk/dialplan"
	"switchdesk/esl"
	"switchdesk/storage/db"
)

// trunksEvery is how often the switches' trunks are held against ours.
const trunksEvery = 3 * time.Second

// keepTrunks has every switch know the trunks as administrators set them: a
// switch asks for them only at its start, or when it is told to.
func (a *App) keepTrunks(ctx context.Context) error {
	told := map[*esl.Node]*toldTrunks{}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-a.clock.After(trunksEvery):
		}
		want, err := a.wantedTrunks(ctx)
		if err != nil {
			continue // the database is away; the switch keeps what it has
		}
		for i, node := range a.nodes {
			if told[node] == nil {
				told[node] = &toldTrunks{}
			}
			if err := told[node].keep(ctx, node, want); err != nil {
				a.log.Debug("trunks not told", "switch", a.cfg.Switches[i].Name, "error", err)
			}
		}
	}
}

// wantedTrunks maps each gateway's name to its trunk.
func (a *App) wantedTrunks(ctx context.Context) (map[string]dialplan.Trunk, error) {
	var rows []dialplan.Trunk
	err := db.AllAccounts(a.db.WithContext(ctx)).Where("enabled = ?", true).Find(&rows).Error
	want := map[string]dialplan.Trunk{}
	for _, t := range rows {
		want[t.Gateway()] = t
	}
	return want, err
}

// toldTrunks is what one switch was told.
type toldTrunks struct {
	connected time.Time // of the connection in which it was
	trunks    map[string]string
}

// trunkKey is all of a trunk that the switch must know.
func trunkKey(t dialplan.Trunk) string {
	return fmt.Sprintf("%s\x00%s\x00%s\x00%t", t.Proxy, t.Username, t.Password, t.Register)
}

// keep compares and tells one switch what has changed.
func (t *toldTrunks) keep(ctx context.Context, node *esl.Node, want map[string]dialplan.Trunk) error {
	connected := node.Stats().Connected
	if connected.IsZero() {
		return nil
	}
	if connected.Equal(t.connected) && t.same(want) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	has, err := gatewaysOf(ctx, node)
	var refused *esl.Refusal
	if errors.As(err, &refused) { // a switch without sofia has no trunks
		t.tell(connected, want)
		return nil
	}
	if err != nil {
		return err
	}
	if err := t.drop(ctx, node, has, want); err != nil {
		return err
	}
	if err := addMissing(ctx, node, has, want); err != nil {
		return err
	}
	t.tell(connected, want)
	return nil
}

// drop takes away what is no longer wanted, or not like this. What is in has
// and stays wanted is compared by its address alone if we don't know what the
// switch was told before us.
func (t *toldTrunks) drop(ctx context.Context, node *esl.Node, has map[string]string, want map[string]dialplan.Trunk) error {
	for name, proxy := range has {
		w, wanted := want[name]
		before, known := t.trunks[name]
		if wanted && proxy == "sip:"+w.Proxy && (!known || before == trunkKey(w)) {
			continue
		}
		if _, err := node.API(ctx, "sofia profile external killgw "+name); err != nil {
			return err
		}
		delete(has, name)
	}
	return nil
}

// addMissing has the switch ask for its trunks if it lacks one.
func addMissing(ctx context.Context, node *esl.Node, has map[string]string, want map[string]dialplan.Trunk) error {
	if len(lacking(has, want)) == 0 {
		return nil
	}
	if _, err := node.API(ctx, "sofia profile external rescan"); err != nil {
		return err
	}
	has, err := gatewaysOf(ctx, node)
	if err != nil {
		return err
	}
	if still := lacking(has, want); len(still) > 0 {
		return fmt.Errorf("still not known to the switch: %s", strings.Join(still, ", "))
	}
	return nil
}

func lacking(has map[string]string, want map[string]dialplan.Trunk) (names []string) {
	for name := range want {
		if _, there := has[name]; !there {
			names = append(names, name)
		}
	}
	return names
}

func (t *toldTrunks) tell(connected time.Time, want map[string]dialplan.Trunk) {
	t.connected, t.trunks = connected, map[string]string{}
	for name, w := range want {
		t.trunks[name] = trunkKey(w)
	}
}

func (t *toldTrunks) same(want map[string]dialplan.Trunk) bool {
	if len(t.trunks) != len(want) {
		return false
	}
	for name, w := range want {
		if t.trunks[name] != trunkKey(w) {
			return false
		}
	}
	return true
}

// gatewaysOf lists the gateways of ours that the switch has, with their
// addresses.
func gatewaysOf(ctx context.Context, node *esl.Node) (map[string]string, error) {
	out, err := node.API(ctx, "sofia xmlstatus gateway")
	if err != nil {
		return nil, err
	}
	has := map[string]string{}
	for _, part := range strings.Split(out, "<gateway>")[1:] {
		if name := inside(part, "<name>", "</name>"); strings.HasPrefix(name, "sd-") {
			has[name] = inside(part, "<proxy>", "</proxy>")
		}
	}
	return has, nil
}
