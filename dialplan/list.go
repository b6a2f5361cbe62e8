package dialplan

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/internal/fault"
	"switchdesk/internal/phone"
	"switchdesk/storage/db"
)

// MaxListed is how many numbers one list holds at most.
const MaxListed = 5000

// Listed is one line of a list of numbers.
type Listed struct {
	Line    int
	Number  string // normalized
	Name    string
	Flow    string // by name; "": none
	FlowID  int64  // found by whoever knows the flows
	Enabled bool
}

// ListProblem is a line that can't be taken.
type ListProblem struct {
	Line int
	Code string // stable: number, name, flow, enabled, repeat, taken, many
	Text string // what stood there
}

// ReadList reads a list of numbers as CSV, in UTF-8 or GB18030: number, name,
// flow, and whether it is on. A first line without a number is a heading.
func ReadList(data []byte) ([]Listed, []ListProblem) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		if decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data); err == nil {
			data = decoded
		}
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	if head, _, _ := bytes.Cut(data, []byte("\n")); bytes.ContainsRune(head, '\t') && !bytes.ContainsRune(head, ',') {
		r.Comma = '\t'
	}
	l := list{seen: map[string]bool{}}
	for first := true; ; first = false {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return l.rows, l.problems
		}
		line, _ := r.FieldPos(0)
		if err != nil {
			l.bad(line, "number", err.Error())
			return l.rows, l.problems
		}
		if first && !strings.ContainsAny(record[0], "0123456789") {
			continue
		}
		if len(l.rows) >= MaxListed {
			l.bad(line, "many", "")
			return l.rows, l.problems
		}
		l.take(line, record)
	}
}

type list struct {
	rows     []Listed
	problems []ListProblem
	seen     map[string]bool
}

func (l *list) bad(line int, code, text string) {
	if len(l.problems) < 200 {
		if runes := []rune(text); len(runes) > 60 {
			text = string(runes[:60])
		}
		l.problems = append(l.problems, ListProblem{line, code, text})
	}
}

func (l *list) take(line int, record []string) {
	cell := func(i int) string {
		if i >= len(record) {
			return ""
		}
		return strings.TrimPrefix(strings.TrimSpace(record[i]), "'")
	}
	if strings.Join(record, "") == "" {
		return
	}
	row := Listed{Line: line, Number: phone.Normalize(cell(0)), Name: cell(1), Flow: cell(2)}
	if !phone.Dialable(row.Number) {
		l.bad(line, "number", cell(0))
		return
	}
	if l.seen[row.Number] {
		l.bad(line, "repeat", cell(0))
		return
	}
	l.seen[row.Number] = true
	if row.Name == "" {
		row.Name = row.Number
	}
	if checkName(&row.Name) != nil {
		l.bad(line, "name", row.Name)
		return
	}
	switch strings.ToLower(cell(3)) {
	case "", "启用", "是", "on", "yes", "true", "1":
		row.Enabled = true
	case "停用", "否", "off", "no", "false", "0":
	default:
		l.bad(line, "enabled", cell(3))
		return
	}
	l.rows = append(l.rows, row)
}

// WriteList writes numbers as the list that ReadList reads, for a
// spreadsheet: with a mark of UTF-8, and no cell that one would compute.
func WriteList(w io.Writer, head []string, on, off string, rows []ServiceNumber, flows map[int64]string) error {
	if _, err := io.WriteString(w, "\xef\xbb\xbf"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	_ = out.Write(head) // Flush tells
	for _, n := range rows {
		state := off
		if n.Enabled {
			state = on
		}
		_ = out.Write([]string{"\t" + n.Number, plain(n.Name), plain(flows[n.FlowID]), state})
	}
	out.Flush()
	return out.Error()
}

// plain keeps a spreadsheet from taking a text for a formula.
func plain(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r'", rune(s[0])) {
		return "'" + s
	}
	return s
}

// SaveList adds the numbers of a list and changes those that the account has
// already; their schedules stay. With dry it only says what it would do. It
// changes all or nothing: numbers that another account has are problems. It
// fails with Forbidden.
func (s *Service) SaveList(ctx context.Context, actor accounts.Actor, rows []Listed, dry bool) (added, changed int, problems []ListProblem, err error) {
	if !actor.Can(accounts.NumbersManage) {
		return 0, 0, nil, forbidden()
	}
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		have, err := numbersThere(tx, rows)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if n, ok := have[r.Number]; ok && n.AccountID != actor.AccountID {
				problems = append(problems, ListProblem{r.Line, "taken", r.Number})
			} else if ok {
				changed++
			} else {
				added++
			}
		}
		if dry || len(problems) > 0 {
			return nil
		}
		return s.writeList(tx, actor.AccountID, rows, have)
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		err = fault.New(fault.Conflict, "number.taken", "one of the numbers was taken just now; try again")
	}
	return added, changed, problems, failed(err)
}

// numbersThere finds those of a list's numbers that any account has.
func numbersThere(tx *gorm.DB, rows []Listed) (map[string]ServiceNumber, error) {
	have := map[string]ServiceNumber{}
	for from := 0; from < len(rows); from += 500 {
		var numbers []string
		for _, r := range rows[from:min(from+500, len(rows))] {
			numbers = append(numbers, r.Number)
		}
		var found []ServiceNumber
		if err := db.AllAccounts(tx).Where("number IN ?", numbers).Find(&found).Error; err != nil {
			return nil, err
		}
		for _, n := range found {
			have[n.Number] = n
		}
	}
	return have, nil
}

func (s *Service) writeList(tx *gorm.DB, account int64, rows []Listed, have map[string]ServiceNumber) error {
	var fresh []ServiceNumber
	for _, r := range rows {
		n := ServiceNumber{AccountID: account, Number: r.Number, Name: r.Name, FlowID: r.FlowID, Enabled: r.Enabled, CreatedAt: s.now(), UpdatedAt: s.now()}
		old, ok := have[r.Number]
		if !ok {
			fresh = append(fresh, n)
			continue
		}
		err := tx.Model(&ServiceNumber{}).Scopes(db.In(account)).Where("id = ?", old.ID).
			Select("Name", "FlowID", "Enabled", "UpdatedAt").Updates(&n).Error
		if err != nil {
			return err
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return tx.CreateInBatches(&fresh, 200).Error
}

// Assignment is what Assign changes on many numbers; nil leaves it.
type Assignment struct {
	FlowID  *int64
	Enabled *bool
	Entries *[]Entry
}

// Assign changes many numbers at once, all or none. Whether flows and
// calendars exist is the caller's to check. It fails with Forbidden, Invalid,
// and NotFound if one of them is not the account's.
func (s *Service) Assign(ctx context.Context, actor accounts.Actor, ids []int64, a Assignment) error {
	if !actor.Can(accounts.NumbersManage) {
		return forbidden()
	}
	if a.Entries != nil {
		if err := checkEntries(*a.Entries); err != nil {
			return err
		}
	}
	change := map[string]any{"updated_at": s.now()}
	if a.FlowID != nil {
		change["flow_id"] = *a.FlowID
	}
	if a.Enabled != nil {
		change["enabled"] = *a.Enabled
	}
	return failed(s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		for _, id := range ids {
			res := tx.Model(&ServiceNumber{}).Scopes(db.In(actor.AccountID)).Where("id = ?", id).Updates(change)
			if res.Error != nil {
				return res.Error
			}
			if res.RowsAffected == 0 {
				return unknownNumber()
			}
			if a.Entries == nil {
				continue
			}
			if err := keepEntries(tx, &ServiceNumber{ID: id, AccountID: actor.AccountID, Entries: *a.Entries}); err != nil {
				return err
			}
		}
		return nil
	}))
}
