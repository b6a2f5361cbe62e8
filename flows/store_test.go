package flows

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"switchdesk/internal/fault"
	"switchdesk/storage/db"
	"switchdesk/storage/db/dbtest"
)

func seed(t *testing.T, g *gorm.DB) {
	t.Helper()
	for id, slug := range map[int]string{1: "jia", 2: "yi"} {
		err := g.Exec("INSERT INTO accounts (id, slug, name, timezone, language, created_at, updated_at) VALUES (?,?,'甲','Asia/Shanghai','zh-CN',?,?)",
			id, slug, db.Now(), db.Now()).Error
		if err != nil {
			t.Fatal(err)
		}
	}
}

func source(t *testing.T, path string) []byte {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func code(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Code
	}
	return fmt.Sprint(err)
}

func upload(t *testing.T, s *Store, account int64, name, src string) Version {
	t.Helper()
	v, problems, err := s.Upload(context.Background(), account, NewVersion{Name: name, File: "f.yaml", Source: []byte(src), By: 7}, sampleRefs())
	if err != nil {
		t.Fatal(err, problems)
	}
	return v
}

func TestVersionsComeIntoForceAndGoBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		seed(t, g)
		ctx, s := context.Background(), NewStore(g)
		one := string(source(t, "samples/main.yaml"))
		two := strings.Replace(one, "tries: 3", "tries: 4", 1)
		v1 := upload(t, s, 1, "", one)
		if v1.Number != 1 || len(v1.Checksum) != 64 || v1.CreatedBy != 7 {
			t.Errorf("%+v", v1)
		}
		if f, n := s.Current(1, v1.FlowID); f != nil || n != 0 {
			t.Error("in force before it was activated")
		}
		if again := upload(t, s, 1, "", one); again.ID != v1.ID || again.Number != 1 {
			t.Errorf("the same text is a new version: %+v", again)
		}
		v2 := upload(t, s, 1, "客服主流程", two)
		if v2.Number != 2 || v2.FlowID != v1.FlowID {
			t.Errorf("%+v", v2)
		}
		for _, n := range []int64{1, 2, 1} {
			if p, err := s.Activate(ctx, 1, v1.FlowID, n, 9, sampleRefs()); err != nil {
				t.Fatal(err, p)
			}
			if f, got := s.Current(1, v1.FlowID); f == nil || got != n {
				t.Errorf("version %d in force, want %d", got, n)
			}
		}
		if f := s.At(1, v1.FlowID, 2); f == nil || f.Nodes["主菜单"].doer.(*menuNode).tries != 4 {
			t.Error("a call that began with version 2 lost it")
		}
		r, err := s.Get(ctx, 1, v1.FlowID)
		if err != nil || r.Active != 1 || r.Latest != 2 || r.Name != "客服主流程" {
			t.Errorf("%+v %v", r, err)
		}
		list, err := s.Versions(ctx, 1, v1.FlowID)
		if err != nil || len(list) != 2 || list[0].Number != 2 || list[0].Source != "" || list[1].ActivatedBy != 9 || list[1].ActivatedAt == nil {
			t.Errorf("%+v %v", list, err)
		}
		got, err := s.Version(ctx, 1, v1.FlowID, 2)
		if err != nil || got.Source != two {
			t.Errorf("the source changed: %v", err)
		}

		after := NewStore(g) // the controller starts again
		if err := after.Refresh(ctx); err != nil {
			t.Fatal(err)
		}
		if f, n := after.Current(1, v1.FlowID); f == nil || n != 1 {
			t.Errorf("version %d in force after a restart", n)
		}
		if after.At(1, v1.FlowID, 2) == nil {
			t.Error("version 2 cannot be read after a restart")
		}
		if after.At(1, v1.FlowID, 3) != nil || after.At(2, v1.FlowID, 2) != nil {
			t.Error("a version that is not there was found")
		}
	})
}

func TestARefusedUploadChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		seed(t, g)
		ctx, s := context.Background(), NewStore(g)
		v := upload(t, s, 1, "流程", string(source(t, "samples/simple.yaml")))
		if _, err := s.Activate(ctx, 1, v.FlowID, 1, 7, sampleRefs()); err != nil {
			t.Fatal(err)
		}
		before := snapshot(t, g)
		for _, file := range files(t, "testdata/bad/*.yaml") {
			_, problems, err := s.Upload(ctx, 1, NewVersion{Name: "流程", File: file, Source: source(t, file)}, sampleRefs())
			if code(err) != "flow.refused" || len(problems) == 0 || fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", file, err)
			}
		}
		gone := sampleRefs()
		gone.Group = func(string) (int64, bool) { return 0, false }
		if p, err := s.Activate(ctx, 1, v.FlowID, 1, 7, gone); code(err) != "flow.refused" || p[0].Code != "group.missing" {
			t.Errorf("activated without its group: %v", err)
		}
		for name, up := range map[string]NewVersion{
			"flow.name": {Name: "a\nb", Source: source(t, "samples/simple.yaml")},
			"flow.long": {Name: "a", Source: source(t, "samples/simple.yaml"), Note: strings.Repeat("长", 501)},
		} {
			if _, _, err := s.Upload(ctx, 1, up, sampleRefs()); code(err) != name {
				t.Errorf("%v, want %s", err, name)
			}
		}
		if after := snapshot(t, g); after != before {
			t.Errorf("changed from\n%s\nto\n%s", before, after)
		}
		if _, n := s.Current(1, v.FlowID); n != 1 {
			t.Error("no longer in force")
		}
	})
}

func snapshot(t *testing.T, g *gorm.DB) string {
	t.Helper()
	var flows []Record
	var versions []Version
	all := db.AllAccounts(g)
	if err := errors.Join(all.Order("id").Find(&flows).Error, all.Order("id").Find(&versions).Error); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range flows {
		fmt.Fprintln(&b, f.ID, f.Name, f.Active, f.Latest, f.UpdatedAt)
	}
	for _, v := range versions {
		fmt.Fprintln(&b, v.FlowID, v.Number, v.Checksum, v.CreatedAt, v.ActivatedAt)
	}
	return b.String()
}

func TestAccountsDoNotSeeEachOthersFlows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		seed(t, g)
		ctx, s := context.Background(), NewStore(g)
		src := string(source(t, "samples/simple.yaml"))
		mine := upload(t, s, 1, "流程", src)
		theirs := upload(t, s, 2, "流程", src)
		if mine.FlowID == theirs.FlowID || theirs.Number != 1 {
			t.Fatalf("one flow for two accounts: %+v", theirs)
		}
		if _, err := s.Activate(ctx, 1, mine.FlowID, 1, 7, sampleRefs()); err != nil {
			t.Fatal(err)
		}
		_, e1 := s.Get(ctx, 2, mine.FlowID)
		_, e2 := s.Versions(ctx, 2, mine.FlowID)
		_, e3 := s.Version(ctx, 2, mine.FlowID, 1)
		_, e4 := s.Activate(ctx, 2, mine.FlowID, 1, 8, sampleRefs())
		for i, err := range []error{e1, e2, e3, e4} {
			if code(err) != "flow.unknown" {
				t.Errorf("%d: %v", i+1, err)
			}
		}
		if f, _ := s.Current(2, mine.FlowID); f != nil {
			t.Error("another account's flow runs")
		}
		if list, err := s.List(ctx, 2); err != nil || len(list) != 1 || list[0].ID != theirs.FlowID {
			t.Errorf("%+v %v", list, err)
		}
		if _, err := s.List(ctx, 0); err == nil {
			t.Error("a list for no account")
		}
	})
}

func TestUploadsAtOnceGetANumberEach(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		seed(t, g)
		s := NewStore(g)
		src := string(source(t, "samples/simple.yaml"))
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				_, _, err := s.Upload(context.Background(), 1, NewVersion{Source: []byte(src + fmt.Sprintf("# %d\n", i))}, sampleRefs())
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		list, err := s.List(context.Background(), 1)
		if err != nil || len(list) != 1 || list[0].Latest != 12 {
			t.Fatalf("%+v %v", list, err)
		}
	})
}

func TestActivationElsewhereIsSeenByRefresh(t *testing.T) {
	g := dbtest.SQLite(t)
	seed(t, g)
	ctx, here, there := context.Background(), NewStore(g), NewStore(g)
	src := string(source(t, "samples/simple.yaml"))
	var id int64
	for n := int64(1); n <= 40; n++ {
		v := upload(t, there, 1, "", src+fmt.Sprintf("# %d\n", n))
		id = v.FlowID
		if _, err := there.Activate(ctx, 1, id, n, 7, sampleRefs()); err != nil {
			t.Fatal(err)
		}
		if err := here.Refresh(ctx); err != nil {
			t.Fatal(err)
		}
		if f, got := here.Current(1, id); f == nil || got != n {
			t.Fatalf("version %d in force here, want %d", got, n)
		}
	}
	if n := len(here.live.flows[key{1, id}]); n > maxOld+1 {
		t.Errorf("%d versions kept in memory", n)
	}
	if here.At(1, id, 1) == nil {
		t.Error("the first version cannot be read")
	}
}

// A version whose saved cases fail goes into force only if that is forced.
func TestFailingCasesKeepAVersionOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		seed(t, g)
		ctx, s := context.Background(), NewStore(g)
		good := upload(t, s, 1, "", withCases)
		if p, err := s.Activate(ctx, 1, good.FlowID, 1, 9, sampleRefs()); err != nil {
			t.Fatal(err, p)
		}
		upload(t, s, 1, "", strings.Replace(withCases, "group: 售前, heard", "group: 售后, heard", 1))
		p, err := s.Activate(ctx, 1, good.FlowID, 2, 9, sampleRefs())
		if code(err) != "flow.cases" || len(p) != 1 || p[0].Code != "case.failed" {
			t.Errorf("%v %v", err, p)
		}
		if _, n := s.Current(1, good.FlowID); n != 1 {
			t.Errorf("version %d in force", n)
		}
		if p, err := s.ForceActive(ctx, 1, good.FlowID, 2, 9, sampleRefs()); err != nil || len(p) != 1 {
			t.Error(err, p)
		}
		if _, n := s.Current(1, good.FlowID); n != 2 {
			t.Errorf("version %d in force", n)
		}
	})
}
