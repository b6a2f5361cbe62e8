// Package xlsx writes Excel workbooks as a stream: rows go out as they come,
// nothing is kept but the row in hand, and another process can go on where a
// State was taken. No text that is written can become a formula.
package xlsx

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"switchdesk/internal/zipfile"
)

// ContentType is an Excel workbook's.
const ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// MaxRows is what one sheet holds, its heading included; further rows go to
// further sheets.
const MaxRows = 1_048_576

// Column is one column of a sheet.
type Column struct {
	Title string
	Width float64 // in characters; 0: 14
}

// Options say how a workbook looks. Zero values will do.
type Options struct {
	Sheet string         // name of the sheet; further ones get a number
	Zone  *time.Location // the zone in which times are shown; nil: UTC
	Made  time.Time      // when the workbook was made
	// RowsPerSheet is for tests; 0: MaxRows.
	RowsPerSheet int
}

// State is how far a workbook has come.
type State struct {
	Zip    zipfile.State `json:"zip"`
	Sheets int           `json:"sheets"` // begun
	Row    int           `json:"row"`    // rows in the last one, heading included
	Rows   int64         `json:"rows"`   // in all, without headings
}

// Writer writes a workbook. It is not safe for concurrent use.
type Writer struct {
	z       *zipfile.Writer
	columns []Column
	letters []string
	opts    Options
	st      State
	buf     []byte
	row     []byte // the number of the row in hand, as text
	col     int
	err     error
}

const bufferSize = 64 << 10

// New begins a workbook on a stream.
func New(w io.Writer, columns []Column, opts Options) *Writer {
	return start(zipfile.New(w), columns, opts, State{})
}

// Resume goes on with a workbook of which exactly st.Zip.Offset bytes are
// there; columns and options must be the same as before.
func Resume(w io.Writer, columns []Column, opts Options, st State) *Writer {
	return start(zipfile.Resume(w, st.Zip), columns, opts, st)
}

func start(z *zipfile.Writer, columns []Column, opts Options, st State) *Writer {
	if opts.Zone == nil {
		opts.Zone = time.UTC
	}
	if opts.RowsPerSheet <= 1 {
		opts.RowsPerSheet = MaxRows
	}
	opts.Sheet = sheetName(opts.Sheet)
	w := &Writer{z: z, columns: columns, opts: opts, st: st, buf: make([]byte, 0, bufferSize+8<<10)}
	for i := range columns {
		w.letters = append(w.letters, letter(i))
	}
	return w
}

// Rows is how many rows have been begun, headings aside.
func (w *Writer) Rows() int64 { return w.st.Rows }

// Row begins a row; its cells follow, in the order of the columns.
func (w *Writer) Row() {
	if w.err != nil {
		return
	}
	if w.st.Sheets == 0 || w.st.Row >= w.opts.RowsPerSheet {
		w.nextSheet()
	}
	w.st.Rows++
	w.beginRow()
}

func (w *Writer) beginRow() {
	w.st.Row++
	w.col = 0
	w.row = strconv.AppendInt(w.row[:0], int64(w.st.Row), 10)
	w.buf = append(w.buf, `<row r="`...)
	w.buf = append(w.buf, w.row...)
	w.buf = append(w.buf, `">`...)
}

// End ends the row. It fails if the stream does.
func (w *Writer) End() error {
	w.buf = append(w.buf, "</row>"...)
	if len(w.buf) >= bufferSize {
		w.spill()
	}
	return w.err
}

func (w *Writer) spill() {
	if w.err == nil && len(w.buf) > 0 {
		_, w.err = w.z.Write(w.buf)
	}
	w.buf = w.buf[:0]
}

// State brings everything out and tells how far the workbook is; between rows.
// It is for every megabyte or so, since packing begins anew behind it.
func (w *Writer) State() (State, error) {
	w.spill()
	if w.err == nil {
		w.err = w.z.Flush()
	}
	st := w.st
	st.Zip = w.z.State()
	return st, w.err
}

// Close finishes the workbook; the stream stays open.
func (w *Writer) Close() error {
	if w.err != nil {
		return w.err
	}
	if w.st.Sheets == 0 {
		w.nextSheet()
	}
	w.endSheet()
	for _, part := range w.parts() {
		w.part(part.name, part.content)
	}
	if w.err == nil {
		w.err = w.z.Close()
	}
	return w.err
}

func (w *Writer) part(name, content string) {
	if w.err != nil {
		return
	}
	if w.err = w.z.Begin(name, zipfile.Deflated, w.opts.Made); w.err != nil {
		return
	}
	if _, w.err = io.WriteString(w.z, content); w.err == nil {
		w.err = w.z.End()
	}
}

func (w *Writer) nextSheet() {
	if w.st.Sheets > 0 {
		w.endSheet()
	}
	if w.err != nil {
		return
	}
	w.st.Sheets++
	w.st.Row = 0
	w.err = w.z.Begin(fmt.Sprintf("xl/worksheets/sheet%d.xml", w.st.Sheets), zipfile.Deflated, w.opts.Made)
	w.buf = append(w.buf, sheetHead...)
	w.buf = append(w.buf, "<cols>"...)
	for i, c := range w.columns {
		width := c.Width
		if width <= 0 {
			width = 14
		}
		w.buf = fmt.Appendf(w.buf, `<col min="%d" max="%d" width="%.4g" customWidth="1"/>`, i+1, i+1, width)
	}
	w.buf = append(w.buf, "</cols><sheetData>"...)
	w.beginRow()
	for _, c := range w.columns {
		w.text(c.Title, styleHead)
	}
	w.buf = append(w.buf, "</row>"...)
}

func (w *Writer) endSheet() {
	w.buf = append(w.buf, "</sheetData>"...)
	if len(w.letters) > 0 {
		w.buf = fmt.Appendf(w.buf, `<autoFilter ref="A1:%s%d"/>`, w.letters[len(w.letters)-1], w.st.Row)
	}
	w.buf = append(w.buf, "</worksheet>"...)
	w.spill()
	if w.err == nil {
		w.err = w.z.End()
	}
}

// letter names the column: A, Z, AA.
func letter(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}
