package xlsx

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

var (
	shanghai = time.FixedZone("CST", 8*3600)
	made     = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
)

func open(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestCellsAreReadByOthers(t *testing.T) {
	var buf bytes.Buffer
	w := New(&buf, []Column{{"编号", 0}, {"时间", 20}, {"秒", 8}, {"说明", 40}, {"空", 0}, {"数", 0}}, Options{Sheet: "通话/记录", Zone: shanghai, Made: made})
	at := time.Date(2026, 11, 22, 15, 59, 59, 999_000_000, time.UTC)
	texts := []string{"普通", "a<b>&\"c'", " 前后 ", "两行\n文字", "_x0041_", "坏\x00\x0b\xff字\ufffe", strings.Repeat("长", 40_000)}
	for i, s := range texts {
		w.Row()
		w.Int(int64(i))
		w.Time(at)
		w.Float(12.5)
		w.Text(s)
		w.Text("")
		w.Float(math.NaN())
		if err := w.End(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f := open(t, buf.Bytes())
	if got := f.GetSheetList(); len(got) != 1 || got[0] != "通话记录" {
		t.Fatalf("sheets %q", got)
	}
	want := []string{"普通", "a<b>&\"c'", " 前后 ", "两行\n文字", "_x0041_", "坏字", strings.Repeat("长", 32_766) + "…"}
	for i := range texts {
		if got, err := f.GetCellValue("通话记录", fmt.Sprintf("D%d", i+2)); err != nil || got != want[i] {
			t.Errorf("text %d: %.40q, want %.40q (%v)", i, got, want[i], err)
		}
	}
	for cell, want := range map[string]string{"A1": "编号", "F1": "数", "B2": "2026-11-22 23:59:59", "C2": "12.5", "E2": "", "F2": "", "A3": "1"} {
		if got, err := f.GetCellValue("通话记录", cell); err != nil || got != want {
			t.Errorf("%s = %q, want %q (%v)", cell, got, want, err)
		}
	}
	if kind, _ := f.GetCellType("通话记录", "C2"); kind != excelize.CellTypeNumber && kind != excelize.CellTypeUnset {
		t.Errorf("a number is kept as %v", kind)
	}
	panes, err := f.GetPanes("通话记录")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("heading is not frozen: %+v %v", panes, err)
	}
}

// No cell begins as a formula does, whatever comes from outside.
func TestNoFormulas(t *testing.T) {
	var payloads []string
	for _, lead := range []string{"", " ", "\t", "\r", "\n", "\u00a0", "\u3000", "\ufeff", "\x00", "\v"} {
		for _, sign := range []string{"=", "+", "-", "@", "＝", "＋", "－", "＠", "\t=", "=-"} {
			for _, rest := range []string{"cmd|' /C calc'!A0", "HYPERLINK(\"http://x\")", "1+1", "SUM(A1:A9)", "8613900010001x"} {
				payloads = append(payloads, lead+sign+rest)
			}
		}
	}
	var buf bytes.Buffer
	w := New(&buf, []Column{{Title: "=1+1"}}, Options{})
	for _, p := range payloads {
		w.Row()
		w.Text(p)
		if err := w.End(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f := open(t, buf.Bytes())
	rows, err := f.GetRows("Sheet1")
	if err != nil || len(rows) != len(payloads)+1 {
		t.Fatalf("%d rows of %d: %v", len(rows), len(payloads)+1, err)
	}
	for i, row := range rows {
		if strings.ContainsAny(row[0][:1], "=+-@\t\r\n") || strings.HasPrefix(row[0], "＝") {
			t.Errorf("row %d begins a formula: %q", i, row[0])
		}
		if formula, _ := f.GetCellFormula("Sheet1", fmt.Sprintf("A%d", i+1)); formula != "" {
			t.Errorf("row %d is a formula: %q", i, formula)
		}
	}
	for text, want := range map[string]string{"+8613900010001": "+8613900010001", "+": "'+", "-5": "'-5", "a=b": "a=b", "": "", "4008001234": "4008001234"} {
		if got := Safe(text); got != want {
			t.Errorf("Safe(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestMoreRowsThanASheetHolds(t *testing.T) {
	var buf bytes.Buffer
	w := New(&buf, []Column{{Title: "n"}}, Options{Sheet: "记录", RowsPerSheet: 11})
	for i := range 35 {
		w.Row()
		w.Int(int64(i))
		if err := w.End(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f := open(t, buf.Bytes())
	next := 0
	for i, sheet := range f.GetSheetList() {
		if want := []string{"记录", "记录 (2)", "记录 (3)", "记录 (4)"}[i]; sheet != want {
			t.Errorf("sheet %q, want %q", sheet, want)
		}
		rows, _ := f.GetRows(sheet)
		if rows[0][0] != "n" {
			t.Errorf("%s has no heading", sheet)
		}
		for _, r := range rows[1:] {
			if r[0] != fmt.Sprint(next) {
				t.Fatalf("%s: %v, want %d", sheet, r, next)
			}
			next++
		}
	}
	if next != 35 {
		t.Errorf("%d rows", next)
	}
}

func TestEmptyWorkbook(t *testing.T) {
	var buf bytes.Buffer
	w := New(&buf, []Column{{Title: "a"}, {Title: "b"}}, Options{Sheet: "空"})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	rows, err := open(t, buf.Bytes()).GetRows("空")
	if err != nil || len(rows) != 1 || len(rows[0]) != 2 {
		t.Errorf("%v %v", rows, err)
	}
}

// Wherever the writer dies, another goes on from the last State, and no row
// is lost or doubled.
func TestAnotherGoesOn(t *testing.T) {
	columns, opts := []Column{{Title: "n"}, {Title: "文字"}}, Options{RowsPerSheet: 60, Made: made}
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 2))
		var buf bytes.Buffer
		w := New(&buf, columns, opts)
		saved, _ := json.Marshal(State{})
		kept, next := 0, 0
		for n := 0; n < 200; n++ {
			if r.IntN(25) == 0 {
				buf.Truncate(kept)
				var st State
				if err := json.Unmarshal(saved, &st); err != nil {
					t.Fatal(err)
				}
				w = Resume(&buf, columns, opts, st)
				n = next
			}
			w.Row()
			w.Int(int64(n))
			w.Text(strings.Repeat("字", n))
			if err := w.End(); err != nil {
				t.Fatal(err)
			}
			if r.IntN(10) == 0 {
				st, err := w.State()
				if err != nil {
					t.Fatal(err)
				}
				saved, _ = json.Marshal(st)
				kept, next = buf.Len(), n+1
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		f := open(t, buf.Bytes())
		want := 0
		for _, sheet := range f.GetSheetList() {
			rows, _ := f.GetRows(sheet)
			for _, row := range rows[1:] {
				if row[0] != fmt.Sprint(want) || (want > 0 && row[1] != strings.Repeat("字", want)) {
					t.Fatalf("seed %d: row %v, want %d", seed, row[0], want)
				}
				want++
			}
		}
		if want != 200 {
			t.Fatalf("seed %d: %d rows", seed, want)
		}
	}
}
