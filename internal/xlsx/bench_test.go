package xlsx

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

const (
	goalRows    = 1_000_000
	goalColumns = 20
)

// sampleRow is twenty columns as a call record has them: ids, numbers, names,
// times, seconds.
func sampleRow(n int, at time.Time) (texts [12]string, times [3]time.Time, numbers [5]float64) {
	texts = [12]string{
		"0193f5a2-7b1c-7000-8000-" + fmt.Sprintf("%012d", n), "呼入", "1390001" + strconv.Itoa(1000+n%9000), "4008001234", "浙江杭州", "客服主流程",
		"售后技能组", "李静", "已接听", "赵建国", "客户", "客户询问订单 " + strconv.Itoa(n) + " 的进度，已答复",
	}
	for i := range times {
		times[i] = at.Add(time.Duration(n*7+i*13) * time.Second)
	}
	for i := range numbers {
		numbers[i] = float64((n*31+i*17)%4000) + 0.5
	}
	return texts, times, numbers
}

// ours and theirs write the same rows; theirs is excelize's stream writer with
// nothing around it.
func ours(out io.Writer, rows int) error {
	columns := make([]Column, goalColumns)
	for i := range columns {
		columns[i].Title = fmt.Sprint("列", i)
	}
	w := New(out, columns, Options{Zone: shanghai})
	for n := range rows {
		texts, times, numbers := sampleRow(n, made)
		w.Row()
		for _, s := range texts {
			w.Text(s)
		}
		for _, t := range times {
			w.Time(t)
		}
		for _, f := range numbers {
			w.Float(f)
		}
		if err := w.End(); err != nil {
			return err
		}
	}
	return w.Close()
}

func theirs(out io.Writer, rows int) error {
	f := excelize.NewFile()
	defer f.Close()
	style, err := f.NewStyle(&excelize.Style{NumFmt: 22})
	if err != nil {
		return err
	}
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	row := make([]any, goalColumns)
	for n := range rows {
		texts, times, numbers := sampleRow(n, made)
		i := 0
		for _, s := range texts {
			row[i] = s
			i++
		}
		for _, t := range times {
			row[i] = excelize.Cell{StyleID: style, Value: t.In(shanghai)}
			i++
		}
		for _, v := range numbers {
			row[i] = v
			i++
		}
		if err := w.SetRow("A"+strconv.Itoa(n+1), row); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err = f.WriteTo(out)
	return err
}

// TestMain writes a workbook instead of testing when it is asked to, so that
// each writer's memory is a process's own.
func TestMain(m *testing.M) {
	write := map[string]func(io.Writer, int) error{"ours": ours, "theirs": theirs}[os.Getenv("XLSX_WRITER")]
	if write == nil {
		os.Exit(m.Run())
	}
	rows, _ := strconv.Atoi(os.Getenv("XLSX_ROWS"))
	if err := write(io.Discard, rows); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type cost struct {
	took      time.Duration
	memory    int64 // peak, bytes
	temporary int64 // peak on disk, bytes
}

// measure runs a writer as a process of its own.
func measure(tb testing.TB, who string, rows int) cost {
	tb.Helper()
	tmp := tb.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "XLSX_WRITER="+who, "XLSX_ROWS="+strconv.Itoa(rows), "TMPDIR="+tmp)
	cmd.Stderr = os.Stderr
	began := time.Now()
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var c cost
	for {
		select {
		case err := <-ended:
			if err != nil {
				tb.Fatal(who, err)
			}
			c.took = time.Since(began)
			c.memory = cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss * 1024
			return c
		case <-time.After(50 * time.Millisecond): // how often its files are looked at
			c.temporary = max(c.temporary, below(tmp))
		}
	}
}

func below(dir string) (size int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // a file may go while it is looked at
		}
		if info, err := d.Info(); err == nil && !d.IsDir() {
			size += info.Size()
		}
		return nil
	})
	return size
}

// BenchmarkGoalMillionRows is goal P14: a million rows of twenty columns
// against excelize's bare stream writer in the same run, at least three times
// as fast, with at most a fifth of the memory and nothing on disk.
func BenchmarkGoalMillionRows(b *testing.B) {
	for range b.N {
		them, us := measure(b, "theirs", goalRows), measure(b, "ours", goalRows)
		speed, memory := them.took.Seconds()/us.took.Seconds(), float64(them.memory)/float64(us.memory)
		b.ReportMetric(them.took.Seconds(), "excelize-s")
		b.ReportMetric(us.took.Seconds(), "ours-s")
		b.ReportMetric(speed, "times-faster")
		b.ReportMetric(float64(them.memory)/(1<<20), "excelize-MiB")
		b.ReportMetric(float64(us.memory)/(1<<20), "ours-MiB")
		b.ReportMetric(float64(them.temporary)/(1<<20), "excelize-disk-MiB")
		b.ReportMetric(float64(us.temporary)/(1<<20), "ours-disk-MiB")
		if speed < 3 || memory < 5 || us.temporary > 0 {
			b.Errorf("%.1f times as fast, 1/%.1f of the memory, %d bytes on disk; wanted 3, 1/5 and nothing", speed, memory, us.temporary)
		}
	}
}

// BenchmarkRow is what one row costs.
func BenchmarkRow(b *testing.B) {
	b.ReportAllocs()
	if err := ours(io.Discard, b.N); err != nil && !strings.Contains(err.Error(), "sheet") {
		b.Fatal(err)
	}
}
