package dialplan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
	"unicode"

	"gorm.io/gorm"

	"switchdesk/accounts"
	"switchdesk/storage/db"
)

// entry is a phone as the directory shows it.
type entry struct {
	user    string
	name    string
	number  string
	account int64
	a1      string
	expires time.Time // zero: never
}

// notFound tells FreeSWITCH that it has to look no further.
const notFound = `<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<document type="freeswitch/xml">
  <section name="result">
    <result status="not found"/>
  </section>
</document>
`

// XML answers a look-up of mod_xml_curl: the form it posts, the document it
// reads. It is about phones (section directory) and, when a profile asks for
// its gateways, about trunks; to anything else it says "not found". While the
// database is away it gives its last answers, so that phones stay registered
// and ring. It never fails.
func (s *Service) XML(ctx context.Context, form url.Values) []byte {
	if form.Get("section") != "directory" {
		return []byte(notFound)
	}
	if form.Get("purpose") == "gateways" {
		// The phones' own profile has no gateways.
		if form.Get("profile") == s.opts.Profile {
			return s.document(nil)
		}
		return s.gateways(ctx)
	}
	domain := form.Get("domain")
	if domain == "" && form.Get("key_name") == "name" {
		domain = form.Get("key_value")
	}
	if domain != "" && domain != s.opts.Domain {
		return []byte(notFound)
	}
	user := form.Get("user")
	if user == "" && form.Get("key_name") == "id" {
		user = form.Get("key_value")
	}
	e, ok := s.lookUp(ctx, user)
	if !ok {
		return []byte(notFound)
	}
	return s.document(func(w *writer) { s.writeUser(w, e) })
}

// lookUp finds a phone whose agent may use it.
func (s *Service) lookUp(ctx context.Context, user string) (entry, bool) {
	account, number, web, ok := ParseUser(user)
	if !ok {
		return entry{}, false
	}
	e, err := s.readPhone(ctx, account, number, web)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		delete(s.known, user)
		return entry{}, false
	case err != nil:
		e, ok = s.known[user]
	default:
		e.user = user
		s.known[user] = e
	}
	if !ok || (!e.expires.IsZero() && !s.clock.Now().Before(e.expires)) {
		return entry{}, false
	}
	return e, true
}

func (s *Service) readPhone(ctx context.Context, account int64, number string, web bool) (entry, error) {
	g := s.db.WithContext(ctx)
	var u accounts.User
	if err := g.Scopes(db.In(account)).Where("number = ? AND disabled = ?", number, false).Take(&u).Error; err != nil {
		return entry{}, err
	}
	e := entry{name: u.Name, number: number, account: account}
	if web {
		var row webPhone
		err := g.Scopes(db.In(account)).Where("user_id = ? AND username = ?", u.ID, WebUser(account, number)).Take(&row).Error
		e.a1, e.expires = row.A1Hash, row.ExpiresAt
		return e, err
	}
	var row deskPhone
	err := g.Scopes(db.In(account)).Where("user_id = ? AND username = ?", u.ID, DeskUser(account, number)).Take(&row).Error
	e.a1 = row.A1Hash
	return e, err
}

// writeUser writes a phone. It dials its registration through the profile
// and not through ${sofia_contact()}, which a switch that does not expand
// API calls could not do.
func (s *Service) writeUser(w *writer, e entry) {
	w.open("groups")
	w.open("group", "name", "phones")
	w.open("users")
	w.open("user", "id", e.user)
	w.open("params")
	w.param("a1-hash", e.a1)
	w.param("dial-string", fmt.Sprintf("{^^:sip_invite_domain=%s:presence_id=%s@%s}sofia/%s/%s%%%s",
		s.opts.Domain, e.user, s.opts.Domain, s.opts.Profile, e.user, s.opts.Domain))
	w.close("params")
	w.open("variables")
	w.variable("user_context", "desk")
	w.variable("sd_account", fmt.Sprint(e.account))
	w.variable("sd_agent", e.number)
	w.variable("effective_caller_id_name", plainName(e.name))
	w.variable("effective_caller_id_number", e.number)
	w.close("variables")
	w.close("user")
	w.close("users")
	w.close("group")
	w.close("groups")
}

// gateways lists the enabled trunks of all accounts.
func (s *Service) gateways(ctx context.Context) []byte {
	var rows []Trunk
	err := db.AllAccounts(s.db.WithContext(ctx)).Where("enabled = ?", true).Order("id").Find(&rows).Error
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		if s.trunk != nil {
			return s.trunk
		}
		return s.document(nil)
	}
	s.trunk = s.document(func(w *writer) {
		w.open("groups")
		w.open("group", "name", "trunks")
		w.open("users")
		w.open("user", "id", "trunks")
		w.open("gateways")
		for _, t := range rows {
			writeGateway(w, t)
		}
		w.close("gateways")
		w.close("user")
		w.close("users")
		w.close("group")
		w.close("groups")
	})
	return s.trunk
}

func writeGateway(w *writer, t Trunk) {
	w.open("gateway", "name", t.Gateway())
	w.param("proxy", t.Proxy)
	w.param("realm", host(t.Proxy))
	// A trunk without a user name is known by its address; FreeSWITCH wants
	// both texts all the same.
	username, password := t.Username, t.Password
	if username == "" {
		username = "none"
	}
	if password == "" {
		password = "none"
	}
	w.param("username", username)
	w.param("password", password)
	w.param("register", fmt.Sprint(t.Register))
	w.param("caller-id-in-from", "true")
	w.param("retry-seconds", "15")
	w.param("expire-seconds", "300")
	// The number that was dialled, and not the name we register with.
	w.param("extension", "auto_to_user")
	w.param("context", "public")
	w.close("gateway")
}

func host(proxy string) string {
	if h, _, err := net.SplitHostPort(proxy); err == nil {
		return h
	}
	return proxy
}

// document wraps a domain's content; nil gives an empty domain.
func (s *Service) document(content func(*writer)) []byte {
	w := &writer{}
	w.buf.WriteString(`<?xml version="1.0" encoding="UTF-8" standalone="no"?>` + "\n")
	w.open("document", "type", "freeswitch/xml")
	w.open("section", "name", "directory")
	w.open("domain", "name", s.opts.Domain)
	if content != nil {
		content(w)
	}
	w.close("domain")
	w.close("section")
	w.close("document")
	return w.buf.Bytes()
}

// writer makes XML in which every value is text and nothing else.
type writer struct {
	buf   bytes.Buffer
	depth int
}

func (w *writer) open(name string, attrs ...string) {
	w.start(name, attrs)
	w.buf.WriteString(">\n")
	w.depth++
}

func (w *writer) close(name string) {
	w.depth--
	w.buf.WriteString(strings.Repeat("  ", w.depth) + "</" + name + ">\n")
}

func (w *writer) param(name, value string)    { w.leaf("param", name, value) }
func (w *writer) variable(name, value string) { w.leaf("variable", name, value) }

func (w *writer) leaf(kind, name, value string) {
	w.start(kind, []string{"name", name, "value", value})
	w.buf.WriteString("/>\n")
}

func (w *writer) start(name string, attrs []string) {
	w.buf.WriteString(strings.Repeat("  ", w.depth) + "<" + name)
	for i := 0; i+1 < len(attrs); i += 2 {
		w.buf.WriteString(" " + attrs[i] + `="` + escape(attrs[i+1]) + `"`)
	}
}

// escape makes any text an attribute's value. Beyond XML's own characters it
// hides the dollar, for FreeSWITCH reads the text a first time for $${…} and
// its own directives before it reads it as XML; control characters go.
func escape(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "") {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\'':
			b.WriteString("&#39;")
		case r == '$':
			b.WriteString("&#36;")
		case r < ' ' || r == 0x7f || r == 0xfffe || r == 0xffff:
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plainName drops what a variable's user could take for more than text:
// expansions, lists, dial-string groups.
func plainName(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '.' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s))
}
