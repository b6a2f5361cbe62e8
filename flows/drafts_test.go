package flows

import (
	"context"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"switchdesk/storage/db/dbtest"
)

const small = "name: 小流程 # of the shop\nstart: 再见\nnodes:\n  再见: {kind: hangup, play: goodbye}\n"

func TestADraftIsKeptWhateverIsWrongWithIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		seed(t, g)
		ctx, s := context.Background(), NewStore(g)
		v := upload(t, s, 1, "", small)
		d, err := s.Draft(ctx, 1, v.FlowID)
		if err != nil || d.Revision != 0 || d.Base != 1 || d.Source != small {
			t.Fatalf("before the first save: %+v %v", d, err)
		}
		faulty := strings.Replace(small, "hangup", "hangupp", 1)
		d, err = s.SaveDraft(ctx, 1, Work{Flow: v.FlowID, Source: []byte(faulty), By: 7})
		if err != nil || d.Revision != 1 || d.Base != 1 || d.Source != faulty || d.SavedBy != 7 {
			t.Fatalf("%+v %v", d, err)
		}
		if _, problems, err := s.Publish(ctx, 1, v.FlowID, 1, "", 7, sampleRefs()); code(err) != "flow.refused" || len(problems) == 0 {
			t.Errorf("a faulty draft became a version: %v %v", err, problems)
		}
		better := strings.Replace(small, "play: goodbye", "play: [thank_you, goodbye]", 1)
		d, err = s.SaveDraft(ctx, 1, Work{Flow: v.FlowID, Revision: 1, Source: []byte(better), By: 8})
		if err != nil || d.Revision != 2 || d.SavedBy != 8 {
			t.Fatalf("%+v %v", d, err)
		}
		theirs, err := s.SaveDraft(ctx, 1, Work{Flow: v.FlowID, Revision: 1, Source: []byte(small), By: 9})
		if code(err) != "flow.draft_changed" || theirs.Revision != 2 || theirs.SavedBy != 8 || theirs.Source != better {
			t.Errorf("an old revision was saved over a newer: %+v %v", theirs, err)
		}
		if _, _, err := s.Publish(ctx, 1, v.FlowID, 1, "", 9, sampleRefs()); code(err) != "flow.draft_changed" {
			t.Errorf("a draft that nobody has seen became a version: %v", err)
		}
		v2, problems, err := s.Publish(ctx, 1, v.FlowID, 2, "谢谢", 8, sampleRefs())
		if err != nil || v2.Number != 2 || v2.Note != "谢谢" || v2.Source != better {
			t.Fatalf("%+v %v %v", v2, err, problems)
		}
		d, err = s.Draft(ctx, 1, v.FlowID)
		if err != nil || d.Revision != 2 || d.Base != 2 {
			t.Errorf("behind a version: %+v %v", d, err)
		}
		if marks, err := s.Drafts(ctx, 1); err != nil || marks[v.FlowID].Changed {
			t.Errorf("%+v %v", marks, err)
		}
		if err := s.DropDraft(ctx, 1, v.FlowID); err != nil {
			t.Fatal(err)
		}
		if d, err = s.Draft(ctx, 1, v.FlowID); err != nil || d.Revision != 0 || d.Source != better {
			t.Errorf("after it was thrown away: %+v %v", d, err)
		}
		for what, err := range map[string]error{
			"read":  second(s.Draft(ctx, 2, v.FlowID)),
			"write": second(s.SaveDraft(ctx, 2, Work{Flow: v.FlowID, Source: []byte(small)})),
			"drop":  s.DropDraft(ctx, 2, v.FlowID),
		} {
			if code(err) != "flow.unknown" {
				t.Errorf("another account could %s the draft: %v", what, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

// Of those who save at once on one revision, one is taken and all others hear
// of it.
func TestOneOfManySavesIsTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		seed(t, g)
		ctx, s := context.Background(), NewStore(g)
		v := upload(t, s, 1, "", small)
		for revision := range int64(3) {
			var (
				wg    sync.WaitGroup
				mu    sync.Mutex
				taken int
			)
			for who := range int64(6) {
				wg.Go(func() {
					_, err := s.SaveDraft(ctx, 1, Work{Flow: v.FlowID, Revision: revision, Source: []byte(small + strings.Repeat("#", int(who))), By: who})
					mu.Lock()
					defer mu.Unlock()
					if err == nil {
						taken++
					} else if code(err) != "flow.draft_changed" {
						t.Errorf("revision %d: %v", revision, err)
					}
				})
			}
			wg.Wait()
			if taken != 1 {
				t.Errorf("revision %d: %d saves were taken", revision, taken)
			}
		}
	})
}

func TestAFlowBeginsWithADraft(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		seed(t, g)
		ctx, s := context.Background(), NewStore(g)
		r, err := s.NewFlow(ctx, 1, "新流程", []byte("name: x\n"), 7)
		if err != nil || r.Latest != 0 || r.Active != 0 {
			t.Fatalf("%+v %v", r, err)
		}
		if _, err := s.NewFlow(ctx, 1, "新流程", nil, 7); code(err) != "flow.name_taken" {
			t.Errorf("twice the same name: %v", err)
		}
		if _, err := s.NewFlow(ctx, 1, "a\nb", nil, 7); code(err) != "flow.name" {
			t.Errorf("a name of two lines: %v", err)
		}
		if _, err := s.NewFlow(ctx, 1, "大", make([]byte, maxSource+1), 7); code(err) != "flow.too_large" {
			t.Errorf("a draft of 5 MB and more: %v", err)
		}
		if _, err := s.NewFlow(ctx, 1, "坏", []byte("a\xffb"), 7); code(err) != "flow.not_text" {
			t.Errorf("bytes that are no text: %v", err)
		}
		if _, err := s.Activate(ctx, 1, r.ID, 0, 7, sampleRefs()); code(err) != "flow.unknown" {
			t.Errorf("a flow without a version in force: %v", err)
		}
		if _, err := s.SaveDraft(ctx, 1, Work{Flow: r.ID, Revision: 1, Source: []byte(small), By: 7}); err != nil {
			t.Fatal(err)
		}
		v, problems, err := s.Publish(ctx, 1, r.ID, 2, "", 7, sampleRefs())
		if err != nil || v.Number != 1 || v.FlowID != r.ID || !strings.Contains(v.Source, `name: "新流程" # of the shop`) {
			t.Errorf("%+v %v %v", v, err, problems)
		}
	})
}

func TestNamedChangesTheNameAlone(t *testing.T) {
	for _, src := range []string{
		small, strings.ReplaceAll(small, "\n", "\r\n"), "\ufeff" + small, "---\n" + small,
		"name: '小''流程'\nstart: a\n", "name: \"小\\\"流程\"   # x\nstart: a\n", "start: a\nname: 123\n", "start: a\nname: 小 流程",
		`{"start":"再见","name":"小流程","nodes":{"再见":{"kind":"hangup","title":"name: 小流程"}}}`,
		"nodes: {a: {kind: hangup}}\nname:\n  小流程\nstart: a\n",
	} {
		out, ok := Named([]byte(src), "别名 2")
		if !ok {
			t.Errorf("not renamed: %q", src)
			continue
		}
		if _, now, _ := nameIn(out); now.text != "别名 2" {
			t.Errorf("%q is called %q", out, now.text)
		}
		_, was, _ := nameIn([]byte(src))
		back, ok := Named(out, was.text)
		if isName(was.text) && (!ok || strings.ReplaceAll(string(back), `"`, "") != strings.ReplaceAll(src, `"`, "")) {
			t.Errorf("%q came back as %q", src, back)
		}
	}
	for _, src := range []string{"", "- a", "start: a", "name: [a]", "name: {", "name:"} {
		if out, ok := Named([]byte(src), "a"); ok {
			t.Errorf("%q was renamed to %q", src, out)
		}
	}
	if out, ok := Named([]byte(small), "a\"\nb: c"); ok {
		t.Errorf("a name that is none: %q", out)
	}
}

func TestARenamedFlowIsHandedOutUnderItsName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		seed(t, g)
		ctx, s := context.Background(), NewStore(g)
		v := upload(t, s, 1, "", small)
		other := upload(t, s, 1, "", strings.Replace(small, "小流程", "另一个", 1))
		refs := sampleRefs()
		refs.Flow = nil
		caller, problems, err := s.Upload(ctx, 1, NewVersion{Source: []byte("name: 主\nstart: 去\nnodes:\n  去: {kind: flow, flow: 小流程}\n")}, refs)
		if err != nil {
			t.Fatal(err, problems)
		}
		for _, id := range []int64{v.FlowID, other.FlowID, caller.FlowID} {
			if p, err := s.Activate(ctx, 1, id, 1, 7, refs); err != nil {
				t.Fatal(err, p)
			}
		}
		for what, try := range map[string]func() ([]InForce, error){
			"renamed": func() ([]InForce, error) { return s.Rename(ctx, 1, v.FlowID, "新名") },
			"removed": func() ([]InForce, error) { return s.Remove(ctx, 1, v.FlowID) },
		} {
			if users, err := try(); code(err) != "flow.used" || len(users) != 1 || users[0].Name != "主" {
				t.Errorf("%s while another flow leads to it: %v %v", what, users, err)
			}
		}
		if _, err := s.Rename(ctx, 1, other.FlowID, "小流程"); code(err) != "flow.name_taken" {
			t.Errorf("two flows of one name: %v", err)
		}
		if _, err := s.Rename(ctx, 2, other.FlowID, "偷来的"); code(err) != "flow.unknown" {
			t.Errorf("another account renamed it: %v", err)
		}
		if _, err := s.Rename(ctx, 1, other.FlowID, "新名"); err != nil {
			t.Fatal(err)
		}
		if f, id, _ := s.Named(1, "新名"); f == nil || id != other.FlowID {
			t.Error("a flow in force is not found by its new name")
		}
		if f, _, _ := s.Named(1, "另一个"); f != nil {
			t.Error("it is still found by its old name")
		}
		src, _ := Named([]byte(strings.Replace(small, "小流程", "另一个", 1)), "新名")
		if same := upload(t, s, 1, "", string(src)); !same.Same || same.Number != 1 {
			t.Errorf("handed out under its new name and uploaded again it is a new version: %+v", same)
		}
		if again := upload(t, s, 1, "", strings.Replace(small, "小流程", "另一个", 1)); again.FlowID == other.FlowID {
			t.Errorf("the old name still leads to the renamed flow: %+v", again)
		}
	})
}

func TestARemovedFlowIsGoneButForItsCalls(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		seed(t, g)
		ctx, s := context.Background(), NewStore(g)
		v := upload(t, s, 1, "", small)
		if _, err := s.Activate(ctx, 1, v.FlowID, 1, 7, sampleRefs()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Remove(ctx, 2, v.FlowID); code(err) != "flow.unknown" {
			t.Errorf("another account removed it: %v", err)
		}
		if _, err := s.Remove(ctx, 1, v.FlowID); err != nil {
			t.Fatal(err)
		}
		after := NewStore(g)
		if err := after.Refresh(ctx); err != nil {
			t.Fatal(err)
		}
		for what, s := range map[string]*Store{"": s, " after a restart": after} {
			if f, _ := s.Current(1, v.FlowID); f != nil {
				t.Error("in force" + what)
			}
			if f, _, _ := s.Named(1, "小流程"); f != nil {
				t.Error("found by its name" + what)
			}
			if s.At(1, v.FlowID, 1) == nil {
				t.Error("lost to the calls in it" + what)
			}
			if _, err := s.Get(ctx, 1, v.FlowID); code(err) != "flow.unknown" {
				t.Errorf("there%s: %v", what, err)
			}
		}
		if list, err := s.List(ctx, 1); err != nil || len(list) != 0 {
			t.Errorf("%+v %v", list, err)
		}
		if again := upload(t, s, 1, "", small); again.FlowID == v.FlowID || again.Number != 1 {
			t.Errorf("the name is not free: %+v", again)
		}
	})
}

func TestRollingBackGoesToWhatWasInForceBefore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		seed(t, g)
		ctx, s := context.Background(), NewStore(g)
		var flow int64
		for i := range 4 {
			flow = upload(t, s, 1, "", small+strings.Repeat("#", i)).FlowID
		}
		put := func(n int64) {
			t.Helper()
			if _, err := s.Activate(ctx, 1, flow, n, 7, sampleRefs()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Older(ctx, 1, flow); code(err) != "flow.no_older" {
			t.Errorf("before any was in force: %v", err)
		}
		put(1)
		put(2)
		put(4) // 3 never was
		for _, want := range []int64{2, 1} {
			n, err := s.Older(ctx, 1, flow)
			if err != nil || n != want {
				t.Fatalf("back to %d, want %d: %v", n, want, err)
			}
			put(n)
		}
		if n, err := s.Older(ctx, 1, flow); code(err) != "flow.no_older" {
			t.Errorf("before the first: %d %v", n, err)
		}
		if _, err := s.Older(ctx, 2, flow); code(err) != "flow.unknown" {
			t.Errorf("another account: %v", err)
		}
	})
}
