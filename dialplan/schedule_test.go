package dialplan

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"gorm.io/gorm"

	"switchdesk/hours"
	"switchdesk/internal/fault"
	"switchdesk/storage/db/dbtest"
)

func times(from, to string, days ...int) hours.Span {
	a, _ := hours.ParseMinute(from)
	b, _ := hours.ParseMinute(to)
	return hours.Span{Days: days, Range: hours.Range{From: a, To: b}}
}

func zoned(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// office is open on working days from nine to six, and off in the October week.
func office(loc *time.Location) *hours.Times {
	c := hours.Calendar{Weekly: []hours.Span{times("09:00", "18:00", 1, 2, 3, 4, 5)}, Days: []hours.Day{{From: 20261001, To: 20261007, Kind: hours.Holiday}}}
	return c.Times(loc)
}

func TestScheduleChooses(t *testing.T) {
	loc := zoned(t, "Asia/Shanghai")
	n := ServiceNumber{FlowID: 1, Entries: []Entry{
		{Name: "双十一", Dates: []Dates{{20261111, 20261111}}, Spans: []hours.Span{times("00:00", "12:00", 1, 2, 3, 4, 5, 6, 7)}, FlowID: 5},
		{Name: "节假日", CalendarID: 7, State: WhenHoliday, FlowID: 3},
		{Name: "下班", CalendarID: 7, State: WhenClosed, FlowID: 2},
		{Name: "另一企业的", CalendarID: 99, State: WhenClosed, FlowID: 9},
	}}
	s := n.Schedule(loc, map[int64]*hours.Times{7: office(loc)})
	for at, want := range map[string]int64{
		"2026-11-23 09:00": 1, "2026-11-23 08:59": 2, "2026-11-23 18:00": 2, "2026-11-28 10:00": 2,
		"2026-10-01 10:00": 3, "2026-11-11 02:00": 5, "2026-11-11 12:00": 1, "2026-11-11 23:00": 2,
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", at, loc)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.At(now.UTC()); got.FlowID != want {
			t.Errorf("%s: flow %d by %q, want %d", at, got.FlowID, got.Name, want)
		}
	}
}

func TestScheduleDoubts(t *testing.T) {
	loc := zoned(t, "Asia/Shanghai")
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, loc)
	open := Entry{Name: "上班", CalendarID: 7, State: WhenOpen, FlowID: 1}
	closed := Entry{Name: "下班", CalendarID: 7, State: WhenClosed, FlowID: 2}
	holiday := Entry{Name: "节假日", CalendarID: 7, State: WhenHoliday, FlowID: 3}
	for name, c := range map[string]struct {
		flow    int64
		entries []Entry
		want    string
	}{
		"whole":            {0, []Entry{open, closed}, ""},
		"hidden":           {1, []Entry{closed, holiday}, "hidden 1 by 0"},
		"gap":              {0, []Entry{closed}, "gap -1 at 2026-11-23 09:00"},
		"past":             {1, []Entry{{Name: "旧", Dates: []Dates{{20260101, 20260103}}, FlowID: 2}}, "past 0"},
		"never":            {1, []Entry{{Name: "x", Dates: []Dates{{20261128, 20261128}}, Spans: []hours.Span{times("09:00", "10:00", 1)}, FlowID: 2}}, "never 0"},
		"two years on":     {1, []Entry{{Name: "x", Dates: []Dates{{20281001, 20281001}}, FlowID: 2}}, ""},
		"calendar is gone": {1, []Entry{{Name: "x", CalendarID: 8, State: WhenOpen, FlowID: 2}}, "never 0"},
	} {
		n := ServiceNumber{FlowID: c.flow, Entries: c.entries}
		var got []string
		for _, d := range n.Schedule(loc, map[int64]*hours.Times{7: office(loc)}).Doubts(now) {
			text := fmt.Sprintf("%s %d", d.Code, d.Entry)
			switch d.Code {
			case "gap":
				text += " at " + d.At.In(loc).Format("2006-01-02 15:04")
			case "hidden":
				text += fmt.Sprintf(" by %d", d.By)
			}
			got = append(got, text)
		}
		// The October week of 2026 is over in November, so "holiday" never holds.
		want := c.want
		if name == "hidden" {
			want = "never 1"
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s: %q, want %q", name, strings.Join(got, "; "), want)
		}
	}
	n := ServiceNumber{FlowID: 1, Entries: []Entry{closed, holiday}}
	doubts := n.Schedule(loc, map[int64]*hours.Times{7: office(loc)}).Doubts(time.Date(2026, 9, 1, 0, 0, 0, 0, loc))
	if len(doubts) != 1 || doubts[0].Code != "hidden" || doubts[0].Entry != 1 || doubts[0].By != 0 {
		t.Errorf("a holiday behind closed: %+v", doubts)
	}
}

// The slots of a week say for every minute what At says, over changes of the
// clocks too.
func TestSlotsAgreeWithAt(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, zone := range []string{"Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"} {
		loc := zoned(t, zone)
		for range 15 {
			n := ServiceNumber{FlowID: int64(r.IntN(2))}
			for i := range 1 + r.IntN(5) {
				e := Entry{Name: fmt.Sprint(i), FlowID: int64(2 + i)}
				if r.IntN(2) == 0 {
					e.CalendarID, e.State = 7, []State{WhenOpen, WhenClosed, WhenHoliday}[r.IntN(3)]
				}
				if r.IntN(2) == 0 {
					e.Spans = []hours.Span{times(fmt.Sprintf("%02d:%02d", r.IntN(24), r.IntN(60)), fmt.Sprintf("%02d:%02d", r.IntN(24), r.IntN(60)), 1+r.IntN(7), 1+r.IntN(7))}
				}
				if r.IntN(3) == 0 {
					e.Dates = []Dates{{20261030, 20261031}, {20261102, 20261102}}
				}
				n.Entries = append(n.Entries, e)
			}
			if checkEntries(n.Entries) != nil {
				continue
			}
			s := n.Schedule(loc, map[int64]*hours.Times{7: office(zoned(t, "Europe/Dublin"))})
			from := time.Date(2026, 10, 29, 13, 17, 0, 0, loc)
			to := from.Add(7 * 24 * time.Hour)
			slots := s.Slots(from, to)
			if !slots[0].From.Equal(from) || !slots[len(slots)-1].To.Equal(to) {
				t.Fatalf("the slots are not the week: %v", slots)
			}
			i := 0
			for at := from; at.Before(to); at = at.Add(time.Minute) {
				for !at.Before(slots[i].To) {
					i++
				}
				if at.Before(slots[i].From) || slots[i].Choice != s.At(at) {
					t.Fatalf("%s at %v: slot %+v, At says %+v", zone, at, slots[i], s.At(at))
				}
			}
		}
	}
}

func TestSchedulesAreKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		d := newDesk(t, g)
		other := d.addAccount("other")
		entry := Entry{Name: "下班", CalendarID: 7, State: WhenClosed, Dates: []Dates{{From: 20261101}}, Spans: []hours.Span{times("18:00", "09:00", 2, 1)}, FlowID: 2}
		n, err := d.SaveNumber(ctx, d.admin, ServiceNumber{Number: "400-800-1234", Name: "热线", FlowID: 1, Enabled: true, Entries: []Entry{entry}})
		if err != nil || len(n.Entries) != 1 || n.Entries[0].Dates[0].To != 20261101 || n.Entries[0].Spans[0].String() != "18:00-09:00" {
			t.Fatalf("%+v %v", n, err)
		}
		for name, bad := range map[string]struct {
			e     Entry
			field string
		}{
			"always":   {Entry{Name: "x", FlowID: 1}, "entries[0]"},
			"no flow":  {Entry{Name: "x", CalendarID: 7, State: WhenOpen}, "entries[0].flow_id"},
			"no name":  {Entry{CalendarID: 7, State: WhenOpen, FlowID: 1}, "entries[0].name"},
			"no state": {Entry{Name: "x", CalendarID: 7, FlowID: 1}, "entries[0].state"},
			"dates":    {Entry{Name: "x", Dates: []Dates{{20261102, 20261101}}, FlowID: 1}, "entries[0].dates[0]"},
			"times":    {Entry{Name: "x", Spans: []hours.Span{times("09:00", "10:00", 1), times("09:30", "11:00", 1)}, FlowID: 1}, "entries[0].spans[1]"},
		} {
			_, err := d.SaveNumber(ctx, d.admin, ServiceNumber{ID: n.ID, Number: n.Number, Name: n.Name, Entries: []Entry{bad.e}})
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Field != bad.field {
				t.Errorf("%s: %v, want a fault at %s", name, err, bad.field)
			}
		}
		if _, err := other.SaveNumber(ctx, other.admin, n); fault.KindOf(err) != fault.NotFound {
			t.Errorf("changed by another account: %v", err)
		}
		if users, err := d.CalendarUsers(ctx, d.admin.AccountID, 7); err != nil || strings.Join(users, ",") != "4008001234" {
			t.Errorf("users of the calendar: %v %v", users, err)
		}
		if users, err := d.CalendarUsers(ctx, other.admin.AccountID, 7); err != nil || len(users) != 0 {
			t.Errorf("users in another account: %v %v", users, err)
		}
		all, err := d.AllNumbers(ctx)
		if err != nil || len(all) != 1 || len(all[0].Entries) != 1 {
			t.Errorf("for the floor: %+v %v", all, err)
		}
		second, err := d.SaveNumber(ctx, d.admin, ServiceNumber{Number: "4008005678", Name: "售前", Enabled: true})
		if err != nil {
			t.Fatal(err)
		}
		flow, off := int64(4), false
		if err := d.Assign(ctx, d.admin, []int64{n.ID, second.ID}, Assignment{FlowID: &flow, Enabled: &off, Entries: &[]Entry{entry}}); err != nil {
			t.Fatal(err)
		}
		list, err := d.Numbers(ctx, d.admin)
		if err != nil || len(list) != 2 {
			t.Fatal(list, err)
		}
		for _, n := range list {
			if n.FlowID != 4 || n.Enabled || len(n.Entries) != 1 {
				t.Errorf("assigned: %+v", n)
			}
		}
		if err := other.Assign(ctx, other.admin, []int64{n.ID}, Assignment{FlowID: &flow}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("assigned by another account: %v", err)
		}
		if err := d.DeleteNumber(ctx, d.admin, n.ID); err != nil {
			t.Errorf("removing a number with a schedule: %v", err)
		}
	})
}

func TestNumberLists(t *testing.T) {
	src := "号码,名称,流程,状态\n400-800-1234,热线,主流程,启用\n'057188001234,,,停用\nabc,x\n4008001234,又一次\n4008009999,=1+1,,也许\n"
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String(src)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{src, gbk, strings.ReplaceAll(src, ",", "\t")} {
		rows, problems := ReadList([]byte(text))
		if got := fmt.Sprint(rows, problems); got != "[{2 4008001234 热线 主流程 0 true} {3 057188001234 057188001234  0 false}] [{4 number abc} {5 repeat 4008001234} {6 enabled 也许}]" {
			t.Errorf("%s", got)
		}
	}
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		d := newDesk(t, g)
		other := d.addAccount("other")
		if _, err := other.SaveNumber(ctx, other.admin, ServiceNumber{Number: "4008007777", Name: "x"}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.SaveNumber(ctx, d.admin, ServiceNumber{Number: "4008001234", Name: "旧名", Entries: []Entry{{Name: "e", CalendarID: 1, State: WhenOpen, FlowID: 1}}}); err != nil {
			t.Fatal(err)
		}
		rows := []Listed{{1, "4008001234", "新名", "", 3, true}, {2, "4008007777", "别人的", "", 0, true}}
		for i := range 1200 {
			rows = append(rows, Listed{3 + i, fmt.Sprintf("057188%06d", i), "直线", "", 3, i%2 == 0})
		}
		if added, changed, problems, err := d.SaveList(ctx, d.admin, rows, false); err != nil || added != 1200 || changed != 1 || len(problems) != 1 || problems[0].Code != "taken" {
			t.Fatalf("%d %d %v %v", added, changed, problems, err)
		}
		if list, _ := d.Numbers(ctx, d.admin); len(list) != 1 || list[0].Name != "旧名" {
			t.Fatalf("a list with a problem changed something: %d", len(list))
		}
		rows = append(rows[:1], rows[2:]...)
		if _, _, _, err := d.SaveList(ctx, d.admin, rows, true); err != nil {
			t.Fatal(err)
		}
		if list, _ := d.Numbers(ctx, d.admin); len(list) != 1 {
			t.Fatal("a dry run changed something")
		}
		if added, changed, problems, err := d.SaveList(ctx, d.admin, rows, false); err != nil || added != 1200 || changed != 1 || len(problems) != 0 {
			t.Fatalf("%d %d %v %v", added, changed, problems, err)
		}
		list, err := d.Numbers(ctx, d.admin)
		if err != nil || len(list) != 1201 {
			t.Fatal(len(list), err)
		}
		var out bytes.Buffer
		list[0].Name = "=HYPERLINK(1)"
		if err := WriteList(&out, []string{"号码", "名称", "流程", "状态"}, "启用", "停用", list, map[int64]string{3: "@流程"}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), ",=") || strings.Contains(out.String(), ",@") {
			t.Error("a cell that a spreadsheet computes")
		}
		back, problems := ReadList(out.Bytes())
		if len(back) != 1201 || len(problems) != 0 || back[0].Name != "=HYPERLINK(1)" || back[0].Flow != "@流程" {
			t.Errorf("read back: %d rows, %v, %+v", len(back), problems, back[0])
		}
		for _, n := range list {
			if n.Number == "4008001234" && (n.Name != "新名" || len(n.Entries) != 1) {
				t.Errorf("a listed number: %+v", n)
			}
		}
	})
}
