package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gorm.io/gorm"

	"switchdesk/configs"
	"switchdesk/configs/freeswitch"
	"switchdesk/dialplan"
	"switchdesk/internal/fault"
	"switchdesk/storage/blob"
	"switchdesk/storage/db"
)

// Doctor looks at everything that Switchdesk needs and says of each part
// whether it is well, and if not, what to do about it. It changes nothing: what
// it writes to try something, it removes. It returns the number of failures.
func Doctor(ctx context.Context, cfg configs.Config, out io.Writer) (failures int) {
	d := &doctor{cfg: cfg, out: out, paths: &App{cfg: cfg}}
	d.config()
	d.folders()
	d.database(ctx)
	d.objects(ctx)
	d.binding(ctx)
	if len(cfg.Switches) == 0 {
		d.fail("no switch is configured", "add one to switches (name, addr, password); see docs/freeswitch.md")
	}
	for _, node := range cfg.Switches {
		d.node(ctx, node)
	}
	if d.db != nil {
		_ = db.Close(d.db)
	}
	if d.failures == 0 {
		fmt.Fprintln(out, "all is well")
	} else {
		fmt.Fprintf(out, "%d to be put right\n", d.failures)
	}
	return d.failures
}

// doctor is one look at everything.
type doctor struct {
	cfg      configs.Config
	out      io.Writer
	paths    *App // how folders are called here and at the switch
	db       *gorm.DB
	failures int
}

func (d *doctor) ok(what string, args ...any) {
	fmt.Fprintf(d.out, "ok    %s\n", fmt.Sprintf(what, args...))
}

// fail says what is wrong and what to do.
func (d *doctor) fail(what, remedy string) {
	d.failures++
	fmt.Fprintf(d.out, "FAIL  %s — %s\n", what, remedy)
}

// note is worth knowing and no failure.
func (d *doctor) note(what string, args ...any) {
	fmt.Fprintf(d.out, "note  %s\n", fmt.Sprintf(what, args...))
}

func (d *doctor) config() {
	if d.cfg.Switch.XMLSecret == "" {
		d.fail("switch.xml_secret is empty, so phones can't sign in", "set it to a long random text, and the same in vars.xml (sd_xml_credentials=freeswitch:SECRET)")
	}
	if d.cfg.Switch.WSURL == "" {
		d.note("switch.ws_url is empty: the web softphone is off, desk phones and mobiles work")
	} else if u, err := url.Parse(d.cfg.Switch.WSURL); err != nil || (u.Scheme != "ws" && u.Scheme != "wss") {
		d.fail("switch.ws_url "+d.cfg.Switch.WSURL+" is no ws:// or wss:// address", "give the address of the profile's ws-binding or wss-binding as browsers see it")
	} else if u.Scheme == "ws" && u.Hostname() != "127.0.0.1" && u.Hostname() != "localhost" {
		d.fail("switch.ws_url is not encrypted", "browsers allow a microphone only over TLS: use wss:// (docs/freeswitch.md, Certificates)")
	} else {
		d.ok("web softphone goes to %s", d.cfg.Switch.WSURL)
	}
}

// folders tries to write where recordings, prompts and the journal are kept.
func (d *doctor) folders() {
	for _, dir := range []string{spoolDir, promptsDir, journalDir} {
		path := filepath.Join(d.cfg.DataDir, dir)
		err := os.MkdirAll(path, 0o755)
		if err == nil {
			err = tryFile(path)
		}
		if err != nil {
			d.fail(fmt.Sprintf("can't write to %s (%v)", path, err), "give the folder to the user that runs Switchdesk, and see that the disk isn't full")
			continue
		}
		d.ok("folder %s can be written", path)
	}
	for _, path := range d.paths.diskFolders() {
		if _, err := os.Stat(path); err != nil {
			continue // told above, or made when it is first needed
		}
		if now := lookAtDisk(path); now.alarm() != "" {
			d.fail(fmt.Sprintf("the disk of %s %s (%d MB free, a small write takes %s)", path, now.alarm(), now.Free>>20, now.Write.Round(time.Millisecond)),
				"make room or give it a quicker disk: recordings and the journal of calls are written there")
		}
	}
}

func tryFile(dir string) error {
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString("doctor\n")
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

func (d *doctor) database(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	g, err := db.Open(DatabaseOf(d.cfg))
	if err != nil {
		d.fail(fmt.Sprintf("the database (%s) can't be opened: %v", d.cfg.Database.Driver, err), "check database.driver and database.dsn, and that the server lets this machine in")
		return
	}
	d.db = g
	if err := db.CheckSchema(ctx, g); err != nil {
		d.fail("the database's schema: "+err.Error(), "run switchdesk migrate with the same configuration")
		return
	}
	d.ok("database (%s) with the right schema", d.cfg.Database.Driver)
}

// objects stores a file, reads it back and deletes it.
func (d *doctor) objects(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	at := BlobOf(d.cfg)
	where := "disk " + at.Path
	remedy := "see that the folder can be written"
	if at.Kind == "s3" {
		where = fmt.Sprintf("s3 %s, bucket %s", at.Endpoint, at.Bucket)
		remedy = "check blob.endpoint, blob.bucket, blob.key and blob.secret; the key needs the rights to put, get and delete"
	}
	if err := tryObject(ctx, at); err != nil {
		d.fail(fmt.Sprintf("object store (%s): %v", where, err), remedy)
		return
	}
	d.ok("object store (%s): put, get, delete", where)
}

func tryObject(ctx context.Context, at blob.Config) error {
	store, err := blob.Open(at)
	if err != nil {
		return err
	}
	key, content := "doctor/"+randomPassword(), []byte("doctor\n")
	if _, err := store.Put(ctx, key, bytes.NewReader(content), int64(len(content)), "text/plain"); err != nil {
		return fmt.Errorf("put: %w", err)
	}
	f, _, err := store.Get(ctx, key)
	if err != nil {
		return fmt.Errorf("get: %w", err)
	}
	got, err := io.ReadAll(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("get: %w", err)
	}
	if !bytes.Equal(got, content) {
		return errors.New("what was got differs from what was put")
	}
	if err := store.Delete(ctx, key); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	if _, err := store.Stat(ctx, key); fault.KindOf(err) != fault.NotFound {
		return fmt.Errorf("deleted, and still there (%v)", err)
	}
	return nil
}

// bindingURL is where the switch asks for phones and trunks.
func (d *doctor) bindingURL() string {
	base := d.cfg.HTTP.PublicURL
	if base == "" {
		base = "http://" + d.cfg.HTTP.Addr
	}
	return strings.TrimSuffix(base, "/") + "/freeswitch/xml"
}

// binding asks Switchdesk's own XML as the switch would.
func (d *doctor) binding(ctx context.Context) {
	at := d.bindingURL()
	form := url.Values{"section": {"directory"}, "tag_name": {"domain"}, "key_name": {"name"}, "key_value": {d.cfg.Switch.Domain}, "purpose": {"gateways"}, "profile": {"external"}}
	status, body, err := post(ctx, at, form, d.cfg.Switch.XMLSecret)
	switch {
	case err != nil:
		d.fail("the XML look-ups at "+at+" don't answer: "+err.Error(), "start switchdesk serve, then run the doctor again; the switch must reach this address too")
		return
	case status == http.StatusUnauthorized:
		d.fail("the XML look-ups at "+at+" refuse our own secret", "switchdesk serve runs with another switch.xml_secret: restart it with this configuration")
		return
	case status != http.StatusOK || !strings.Contains(body, `type="freeswitch/xml"`):
		d.fail(fmt.Sprintf("the XML look-ups at %s answer %d and no FreeSWITCH document", at, status), "something else serves that address: check http.public_url and http.addr")
		return
	}
	if status, _, err = post(ctx, at, form, "not the secret"); err == nil && status != http.StatusUnauthorized {
		d.fail(fmt.Sprintf("the XML look-ups answer %d to a wrong secret", status), "nothing in front of Switchdesk may add credentials: check the proxy")
		return
	}
	d.ok("XML look-ups at %s answer, with the secret alone", at)
}

func post(ctx context.Context, at string, form url.Values, secret string) (int, string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, at, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(freeswitch.XMLUser, secret)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return res.StatusCode, string(body), err
}

// aPhone is the SIP user of some phone that may sign in, or "".
func (d *doctor) aPhone(ctx context.Context) string {
	if d.db == nil {
		return ""
	}
	var user string
	err := db.AllAccounts(d.db.WithContext(ctx)).Table("desk_phones").Select("username").Limit(1).Scan(&user).Error
	if err != nil {
		return ""
	}
	if account, number, _, ok := dialplan.ParseUser(user); ok {
		return dialplan.DeskUser(account, number)
	}
	return ""
}

// trunks are the gateways that the switch should have.
func (d *doctor) trunks(ctx context.Context) []string {
	if d.db == nil {
		return nil
	}
	var rows []dialplan.Trunk
	if err := db.AllAccounts(d.db.WithContext(ctx)).Where("enabled = ?", true).Order("id").Find(&rows).Error; err != nil {
		return nil
	}
	var names []string
	for _, t := range rows {
		names = append(names, t.Gateway())
	}
	return names
}
