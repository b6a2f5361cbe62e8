package hours_test

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"switchdesk/hours"
	"switchdesk/internal/fault"
)

func TestCheckNamesThePlace(t *testing.T) {
	day := func(from, to hours.Date, kind hours.Kind) hours.Day { return hours.Day{From: from, To: to, Kind: kind} }
	for name, x := range map[string]struct {
		c           hours.Calendar
		code, field string
	}{
		"no name":        {hours.Calendar{}, "name.empty", "name"},
		"a wild zone":    {hours.Calendar{Name: "x", Timezone: "../../etc/passwd"}, "calendar.timezone", "timezone"},
		"the own zone":   {hours.Calendar{Name: "x", Timezone: "Local"}, "calendar.timezone", "timezone"},
		"no days":        {hours.Calendar{Name: "x", Weekly: []hours.Span{span("09:00", "18:00")}}, "calendar.weekdays", "weekly[0]"},
		"an eighth day":  {hours.Calendar{Name: "x", Weekly: []hours.Span{span("09:00", "18:00", 8)}}, "calendar.weekdays", "weekly[0]"},
		"no length":      {hours.Calendar{Name: "x", Weekly: []hours.Span{span("09:00", "09:00", 1)}}, "calendar.range", "weekly[0]"},
		"overlap":        {hours.Calendar{Name: "x", Weekly: []hours.Span{span("09:00", "18:00", 1, 2), span("17:59", "20:00", 2, 3)}}, "calendar.overlap", "weekly[1]"},
		"over midnight":  {hours.Calendar{Name: "x", Weekly: []hours.Span{span("22:00", "02:00", 7), span("01:00", "03:00", 1)}}, "calendar.overlap", "weekly[1]"},
		"days overlap":   {hours.Calendar{Name: "x", Days: []hours.Day{day(20261001, 20261007, hours.Holiday), day(20261007, 20261007, hours.Workday)}}, "calendar.days_overlap", "days[1]"},
		"backwards":      {hours.Calendar{Name: "x", Days: []hours.Day{day(20261007, 20261001, hours.Holiday)}}, "calendar.dates", "days[0]"},
		"a long holiday": {hours.Calendar{Name: "x", Days: []hours.Day{day(20261007, 20301001, hours.Holiday)}}, "calendar.dates", "days[0]"},
		"no kind":        {hours.Calendar{Name: "x", Days: []hours.Day{day(20261007, 20261007, "party")}}, "calendar.kind", "days[0]"},
		"special empty":  {hours.Calendar{Name: "x", Days: []hours.Day{day(20261007, 20261007, hours.Special)}}, "calendar.special", "days[0]"},
	} {
		err := x.c.Check()
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Code != x.code || f.Field != x.field {
			t.Errorf("%s: %v, want %s at %s", name, err, x.code, x.field)
		}
	}
	good := hours.Calendar{Name: " 客服 ", Weekly: []hours.Span{span("09:00", "18:00", 2, 1, 1), span("18:00", "09:00", 1, 2)}, Days: []hours.Day{{From: 20261001, Kind: hours.Holiday}}}
	if err := good.Check(); err != nil || good.Name != "客服" || len(good.Weekly[0].Days) != 2 || good.Days[0].To != 20261001 {
		t.Errorf("%v %+v", err, good)
	}
}

func TestPresetsAreSound(t *testing.T) {
	for _, p := range hours.Presets() {
		c := hours.Calendar{Name: p.ZH, Days: p.Days}
		if err := c.Check(); err != nil {
			t.Errorf("%s: %v", p.Key, err)
		}
		for _, d := range p.Days {
			if weekend := d.From.Weekday() > 5; d.Kind == hours.Workday && !weekend {
				t.Errorf("%s: %s is a make-up workday and no weekend", p.Key, d.From)
			}
		}
	}
}

func TestRead(t *testing.T) {
	plain := "日期,类型,名称\n2026-10-01..2026-10-07,holiday,国庆节\n2026/10/10,上班,国庆节调休\n2026年1月1日\t2026年1月3日\t放假\t元旦\n# a note\n20261225,圣诞节\n2026-13-01,休\n2026-10-03,休,又一次\n2026-11-01,什么,怪\n"
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	for name, src := range map[string]string{"UTF-8": plain, "with a mark": "\xef\xbb\xbf" + plain, "GB18030": gbk} {
		days, problems := hours.Read([]byte(src))
		var got []string
		for _, d := range days {
			got = append(got, d.From.String()+" "+d.To.String()+" "+string(d.Kind)+" "+d.Name)
		}
		want := "2026-10-01 2026-10-07 holiday 国庆节|2026-10-10 2026-10-10 workday 国庆节调休|2026-01-01 2026-01-03 holiday 元旦|2026-12-25 2026-12-25 holiday 圣诞节"
		if strings.Join(got, "|") != want {
			t.Errorf("%s: %s\nwant %s", name, strings.Join(got, "|"), want)
		}
		var told []string
		for _, p := range problems {
			told = append(told, p.String())
		}
		if strings.Join(told, "|") != "line 7: date: 2026-13-01,休|line 8: repeat: 2026-10-03,休,又一次|line 9: kind: 2026-11-01,什么,怪" {
			t.Errorf("%s: problems %q", name, told)
		}
	}
}

func TestReadCalendarFile(t *testing.T) {
	days, problems := hours.Read([]byte("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261001\r\nDTEND;VALUE=DATE:20261008\r\nSUMMARY:国庆\r\n 节\\, 休\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261010\r\nSUMMARY:国庆节（班）\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART:20261201T090000Z\r\nRRULE:FREQ=WEEKLY\r\nSUMMARY:例会\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
	if len(days) != 2 || days[0].To != 20261007 || days[0].Name != "国庆节, 休" || days[1].Kind != hours.Workday || days[1].To != 20261010 {
		t.Errorf("%+v", days)
	}
	if len(problems) != 1 || problems[0].Code != "repeat" {
		t.Errorf("%v", problems)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("2026-10-01..2026-10-07,holiday,国庆节"))
	f.Add([]byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:2026\nEND:VEVENT"))
	f.Fuzz(func(t *testing.T, data []byte) {
		days, _ := hours.Read(data)
		c := hours.Calendar{Name: "x", Days: days}
		if err := c.Check(); err != nil {
			t.Errorf("what was read is refused: %v", err)
		}
	})
}
