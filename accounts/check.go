package accounts

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

var (
	slugForm   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)
	loginForm  = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,59}$`)
	numberForm = regexp.MustCompile(`^[0-9]{3,10}$`)
	emailForm  = regexp.MustCompile(`^[^\s@<>"']+@[^\s@<>"']+\.[^\s@<>"']+$`)
)

// checkName trims a name and refuses an empty, long or unprintable one.
func checkName(name *string, field string, most int) error {
	*name = strings.TrimSpace(*name)
	switch {
	case *name == "":
		return invalid("name.empty", field, "a name is needed")
	case utf8.RuneCountInString(*name) > most:
		return invalid("name.long", field, "a name has at most %d characters", most)
	case !utf8.ValidString(*name) || strings.IndexFunc(*name, unicode.IsControl) >= 0:
		return invalid("name.text", field, "the name holds characters that can't be shown")
	}
	return nil
}

func checkLanguage(language, field string) error {
	if language != "zh-CN" && language != "en" {
		return invalid("language.unknown", field, "the language is zh-CN or en")
	}
	return nil
}

func checkAccount(a *Account) error {
	a.Slug = strings.ToLower(strings.TrimSpace(a.Slug))
	if !slugForm.MatchString(a.Slug) {
		return invalid("account.slug", "slug", "the short name has 1 to 40 small letters, digits and hyphens")
	}
	if err := checkName(&a.Name, "name", 120); err != nil {
		return err
	}
	setDefault(&a.Timezone, "Asia/Shanghai")
	setDefault(&a.Language, "zh-CN")
	if _, err := time.LoadLocation(a.Timezone); err != nil || a.Timezone == "Local" {
		return invalid("account.timezone", "timezone", "%q is not a time zone such as Asia/Shanghai", a.Timezone)
	}
	if a.InboundLimit < 0 || a.InboundLimit > 100000 {
		return invalid("account.limit", "inbound_limit", "the limit is between 0 (none) and 100000 calls")
	}
	return checkLanguage(a.Language, "language")
}

func checkUser(u *User) error {
	u.Login = strings.ToLower(strings.TrimSpace(u.Login))
	if !loginForm.MatchString(u.Login) {
		return invalid("user.login", "login", "a sign-in name has 1 to 60 small letters, digits, dots, hyphens and underscores")
	}
	if err := checkName(&u.Name, "name", 60); err != nil {
		return err
	}
	if u.Number != nil {
		number := strings.TrimSpace(*u.Number)
		if number == "" {
			u.Number = nil
		} else if u.Number = &number; !numberForm.MatchString(number) {
			return invalid("user.number", "number", "an agent's number has 3 to 10 digits")
		}
	}
	u.Email = strings.TrimSpace(u.Email)
	if u.Email != "" && (len(u.Email) > 200 || !emailForm.MatchString(u.Email)) {
		return invalid("user.email", "email", "this is not a mail address")
	}
	if u.Language != "" {
		return checkLanguage(u.Language, "language")
	}
	return nil
}
