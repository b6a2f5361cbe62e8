package flows

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Bounds of a flow file, so that no upload can use up the machine.
const (
	maxSource = 5 << 20
	maxMarks  = 500_000 // punctuation that makes structure
	maxDepth  = 24
	maxNodes  = 10_000
)

// readable checks what can be checked before the file is taken apart.
func readable(src []byte, p *problems) (string, bool) {
	if len(src) > maxSource {
		p.add(at{1, 1}, "", "file.too_large", maxSource>>20)
		return "", false
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	marks, where := 0, at{1, 1}
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			p.add(where, "", "file.not_text")
			return "", false
		case r == '\r' && i+1 < len(src) && src[i+1] == '\n':
		case r < ' ' && r != '\n' && r != '\t', r == 0x7f, r == 0xfeff:
			p.add(where, "", "file.control")
			return "", false
		}
		if r < 0x80 && strings.IndexByte(",:[]{}-?\n", byte(r)) >= 0 {
			marks++
		}
		where.column++
		if r == '\n' {
			where = at{where.line + 1, 1}
		}
		i += n
	}
	if marks > maxMarks {
		p.add(at{1, 1}, "", "file.too_many", maxMarks)
		return "", false
	}
	return strings.ReplaceAll(string(src), "\r\n", "\n"), true
}

// Reasons why a file cannot be read.
const (
	strayColon  = "unexpected colon: look at the indentation, and put text that holds a colon in quotes"
	tooLeft     = "this line is indented too little"
	openList    = "the list that begins here is not closed"
	openTable   = "the table that begins here is not closed"
	openBracket = "a bracket is not closed"
)

// inChinese gives a reason in Chinese where it is one of ours.
func inChinese(reason string) string {
	switch reason {
	case strayColon:
		return "此处不应有冒号：请检查缩进，含冒号的文本请加引号"
	case tooLeft:
		return "此行缩进不足"
	case openList:
		return "从此处开始的列表没有结束"
	case openTable:
		return "从此处开始的表没有结束"
	case openBracket:
		return "括号没有结束"
	}
	return strings.Replace(reason, "unexpected ", "此处不应有 ", 1)
}
