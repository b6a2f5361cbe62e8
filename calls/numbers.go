package calls

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"switchdesk/storage/db"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// numberRow is one end of a number that called or was called. A part of a
// number is the start of one of its ends, so it is found without reading all
// calls.
type numberRow struct {
	AccountID int64  `gorm:"primaryKey;autoIncrement:false"`
	Part      string `gorm:"primaryKey;size:40"`
	Number    string `gorm:"primaryKey;size:40"`
}

func (numberRow) TableName() string { return "call_numbers" }

const (
	shortestPart = 3
	numbersMost  = 500 // a part that more numbers have is looked for in the calls themselves
)

// learn keeps the ends of numbers that are new. The whole number is one of
// its ends, so one look says which are known.
func learn(tx *gorm.DB, records []Record) error {
	byAccount := map[int64]map[string]bool{}
	for _, r := range records {
		if byAccount[r.AccountID] == nil {
			byAccount[r.AccountID] = map[string]bool{}
		}
		for _, n := range []string{r.From, r.To} {
			if len([]rune(n)) >= shortestPart {
				byAccount[r.AccountID][n] = true
			}
		}
	}
	for account, numbers := range byAccount {
		wanted := make([]string, 0, len(numbers))
		for n := range numbers {
			wanted = append(wanted, n)
		}
		var known []string
		if err := tx.Model(&numberRow{}).Scopes(db.In(account)).Where("part IN ? AND number = part", wanted).Pluck("number", &known).Error; err != nil {
			return err
		}
		for _, n := range known {
			delete(numbers, n)
		}
		var rows []numberRow
		for n := range numbers {
			runes := []rune(n)
			for i := 0; i <= len(runes)-shortestPart; i++ {
				rows = append(rows, numberRow{account, string(runes[i:]), n})
			}
		}
		if len(rows) == 0 {
			continue
		}
		// In one order, so that two who write at once do not wait for each other.
		slices.SortFunc(rows, func(a, b numberRow) int {
			return cmp.Or(cmp.Compare(a.Part, b.Part), cmp.Compare(a.Number, b.Number))
		})
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(rows, 500).Error; err != nil {
			return err
		}
	}
	return nil
}

// numbersWith finds the numbers that have a part; few is false if there are
// too many to name, or the part is too short to tell.
func (s *Store) numbersWith(ctx context.Context, account int64, part string) (numbers []string, few bool, err error) {
	if len([]rune(part)) < shortestPart {
		return nil, false, nil
	}
	err = s.db.WithContext(ctx).Model(&numberRow{}).Scopes(db.In(account)).
		Where("part >= ? AND part < ?", part, part+"\uffff").Distinct("number").Limit(numbersMost+1).Pluck("number", &numbers).Error
	return numbers, len(numbers) <= numbersMost, failed(err)
}

// digitsOf takes the spaces and dashes out of what somebody typed.
func digitsOf(typed string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -()\t\u3000", r) {
			return -1
		}
		return r
	}, strings.TrimSpace(typed))
}

func likeAnywhere(s string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s) + "%"
}
