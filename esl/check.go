package esl

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The switch gives meaning to a good many characters: a newline ends a
// command, ${…} expands and ${api()} executes, quotes and backslashes move
// the borders between arguments, {}[]<> hold variables of a dial string, and
// | , ^^: :_: divide it. Every argument is held to the least that it needs.

func bad(what, value, why string) error {
	return fmt.Errorf("%w: %s %.40q %s", ErrArgument, what, value, why)
}

// plain refuses everything but letters, digits and the extra characters.
func plain(what, value, extra string, limit int) error {
	if value == "" {
		return bad(what, value, "is empty")
	}
	if len(value) > limit {
		return bad(what, value, "is too long")
	}
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
		case strings.IndexByte(extra, c) >= 0:
		default:
			return bad(what, value, fmt.Sprintf("holds %q", c))
		}
	}
	return nil
}

func checkUUID(v string) error { return plain("channel", v, "-", 64) }

func checkID(v string) error {
	if v == "" {
		return nil
	}
	return plain("application id", v, "-_.:", 80)
}

// none refuses control characters, broken UTF-8 and any of chars.
func none(what, value, chars string, limit int) error {
	if len(value) > limit {
		return bad(what, value, "is too long")
	}
	if !utf8.ValidString(value) {
		return bad(what, value, "is not UTF-8")
	}
	for _, r := range value {
		if r < 0x20 || r == 0x7f || strings.ContainsRune(chars, r) {
			return bad(what, value, fmt.Sprintf("holds %q", r))
		}
	}
	return nil
}

// fileSchemes are the kinds of sound that are no file on the switch's disk.
// Anything else with a colon is refused, because schemes exist that run
// programs or speak text.
var fileSchemes = []string{"tone_stream://", "silence_stream://", "local_stream://", "http_cache://", "https_cache://"}

const fileRefused = " '\"\\!{}[]<>|^$`;"

// checkSound takes a file's path or one of fileSchemes.
func checkSound(v string) error {
	if v == "" {
		return bad("file", v, "is empty")
	}
	rest, refused := v, fileRefused+":"
	for _, s := range fileSchemes {
		if after, ok := strings.CutPrefix(v, s); ok {
			rest, refused = after, fileRefused
			if s == "tone_stream://" {
				refused = strings.ReplaceAll(fileRefused, ";", "")
			}
			break
		}
	}
	if strings.Contains(rest, "@@") {
		return bad("file", v, `holds "@@"`)
	}
	return none("file", rest, refused, 400)
}

// checkPath takes an absolute path on the switch's disk.
func checkPath(v string) error {
	if !strings.HasPrefix(v, "/") || strings.Contains(v, "/../") || strings.HasSuffix(v, "/..") {
		return bad("path", v, "is not absolute")
	}
	return none("path", v, fileRefused+":,", 400)
}

func checkVarName(v string) error {
	if v != "" && v[0] >= '0' && v[0] <= '9' {
		return bad("variable", v, "begins with a digit")
	}
	return plain("variable", v, "_-", 80)
}

// checkVarValue is for uuid_setvar_multi, where ; divides.
func checkVarValue(v string) error {
	if strings.Contains(v, "${") {
		return bad("value", v, "would expand")
	}
	return none("value", v, ";'\\`", 1000)
}

// dialRefused must not stand in a dial string's variables.
const dialRefused = "{}[]<>|^$'\"\\`"

func checkDialValue(v string) error {
	if strings.Contains(v, ":_:") {
		return bad("value", v, `holds ":_:"`)
	}
	return none("value", v, dialRefused, 400)
}

// displayName makes a name fit to be shown on a phone: what could mean
// something to the switch becomes a space, because a customer called O'Brien
// must still be called.
func displayName(v string) string {
	v = strings.ToValidUTF8(v, " ")
	v = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || strings.ContainsRune(dialRefused+",;:=&()@%", r) {
			return ' '
		}
		return r
	}, v)
	v = strings.Join(strings.Fields(v), " ")
	for len(v) > 60 {
		_, n := utf8.DecodeLastRuneInString(v)
		v = v[:len(v)-n]
	}
	return strings.TrimSpace(v)
}

// displayNumber keeps of a caller's number what a number can hold.
func displayNumber(v string) string {
	v = strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
			return r
		case strings.ContainsRune("+*#._-", r):
			return r
		}
		return -1
	}, v)
	return v[:min(len(v), 40)]
}
