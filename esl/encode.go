package esl

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/percipia/eslgo/command"
)

// loopID marks the completions of endless music, one for each time round;
// they are not events for anyone.
const loopID = "sd-loop"

// wire is one command as the switch reads it, with the empty line at its end.
type wire struct {
	text string
	soft bool // a refusal of this one does not fail the Command
}

// encoded is a Command ready to be sent.
type encoded struct {
	wires []wire
	id    string // Command's ID, for Failed
	job   string // Job-UUID whose BACKGROUND_JOB is the real answer, or ""
}

func api(format string, args ...any) wire {
	name, rest, _ := strings.Cut(fmt.Sprintf(format, args...), " ")
	return wire{text: command.API{Command: name, Arguments: rest}.BuildMessage() + "\n\n"}
}

// execute runs a dialplan application on a leg, after those already queued.
func execute(uuid, id, app, arg string, loop bool) wire {
	var b strings.Builder
	b.Grow(160 + len(arg))
	b.WriteString("sendmsg " + uuid + "\ncall-command: execute\nexecute-app-name: " + app)
	if arg != "" {
		b.WriteString("\nexecute-app-arg: " + arg)
	}
	if id != "" {
		b.WriteString("\nEvent-UUID: " + id)
	}
	if loop {
		b.WriteString("\nloops: -1")
	}
	b.WriteString("\nevent-lock: true\n\n")
	return wire{text: b.String()}
}

// encode checks a Command's arguments and turns it into wire form. It fails
// with ErrArgument.
func encode(c Command) (encoded, error) {
	one := func(w wire, err error) (encoded, error) { return encoded{wires: []wire{w}}, err }
	switch c := c.(type) {
	case AnswerLeg:
		return one(execute(c.UUID, "", "answer", "", false), checkUUID(c.UUID))
	case PlayFiles:
		return encodePlay(c)
	case CollectDigits:
		return encodeCollect(c)
	case Break:
		return one(api("uuid_break %s all", c.UUID), checkUUID(c.UUID))
	case BridgeLegs:
		return one(api("uuid_bridge %s %s", c.A, c.B), first(checkUUID(c.A), checkUUID(c.B)))
	case ParkLeg:
		both := ""
		if c.Both {
			both = " -both"
		}
		return one(api("uuid_transfer %s%s park inline", c.UUID, both), checkUUID(c.UUID))
	case TransferLeg:
		return one(api("uuid_transfer %s %s XML %s", c.UUID, c.Extension, c.Context),
			first(checkUUID(c.UUID), plain("extension", c.Extension, "_+*#.", 64), plain("context", c.Context, "_-.", 64)))
	case HangupLeg:
		cause := c.Cause
		if cause == "" {
			cause = "NORMAL_CLEARING"
		}
		return one(api("uuid_kill %s %s", c.UUID, cause), first(checkUUID(c.UUID), plain("cause", cause, "_", 64)))
	case SetVars:
		return encodeVars(c)
	case StartRecording:
		return encodeRecord(c)
	case StopRecording:
		return one(api("uuid_record %s stop %s", c.UUID, c.Path), first(checkUUID(c.UUID), checkPath(c.Path)))
	case Originate:
		return encodeOriginate(c)
	case AskPhone:
		return one(api("uuid_phone_event %s %s", c.UUID, c.Action), first(checkUUID(c.UUID), checkAction(c.Action)))
	case SendKeys:
		return one(api("uuid_send_dtmf %s %s", c.UUID, c.Keys), first(checkUUID(c.UUID), checkKeys(c.Keys)))
	case DeadMan:
		return encodeDeadMan(c)
	case DumpChannel:
		return one(api("uuid_dump %s", c.UUID), checkUUID(c.UUID))
	}
	return encoded{}, fmt.Errorf("%w: unknown command %T", ErrArgument, c)
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func checkAction(action string) error {
	if action != "talk" && action != "hold" {
		return bad("phone action", action, "is unknown")
	}
	return nil
}

func checkKeys(keys string) error {
	for _, r := range keys {
		if !strings.ContainsRune("0123456789*#ABCDabcdwW", r) {
			return bad("keys", keys, fmt.Sprintf("hold %q", r))
		}
	}
	if keys == "" || len(keys) > 64 {
		return bad("keys", keys, "are none or too many")
	}
	return nil
}

// sounds joins files into one argument that plays them in turn.
func sounds(files []string) (string, error) {
	if len(files) == 0 {
		return "", bad("files", "", "are none")
	}
	for _, f := range files {
		if err := checkSound(f); err != nil {
			return "", err
		}
	}
	if len(files) == 1 {
		return files[0], nil
	}
	return "file_string://" + strings.Join(files, "!"), nil
}

func encodePlay(c PlayFiles) (encoded, error) {
	arg, err := sounds(c.Files)
	if err := first(checkUUID(c.UUID), checkID(c.ID), err); err != nil {
		return encoded{}, err
	}
	id := c.ID
	if c.Loop {
		id = loopID
	}
	return encoded{id: c.ID, wires: []wire{execute(c.UUID, id, "playback", arg, c.Loop)}}, nil
}

func encodeCollect(c CollectDigits) (encoded, error) {
	prompt := "silence" // play_and_get_digits' word for no prompt
	var err error
	if len(c.Files) > 0 {
		prompt, err = sounds(c.Files)
	}
	if err := first(checkUUID(c.UUID), checkID(c.ID), err); err != nil {
		return encoded{}, err
	}
	if c.Min < 0 || c.Max < 1 || c.Max > 100 || c.Min > c.Max {
		return encoded{}, fmt.Errorf("%w: from %d to %d keys", ErrArgument, c.Min, c.Max)
	}
	ends := c.Terminators
	if ends == "" {
		ends = "none" // letters that no phone has
	} else if err := checkKeys(ends); err != nil || strings.ContainsAny(ends, "wW") {
		return encoded{}, bad("terminators", ends, "are no keys")
	}
	// One try, no pattern: the flow judges what was pressed. 10 ms of silence
	// stands where the switch would play its own complaint.
	arg := fmt.Sprintf("%d %d 1 %d %s %s silence_stream://10 sd_digits '' %d",
		c.Min, c.Max, millis(c.Timeout, 5*time.Second), ends, prompt, millis(c.InterDigit, 3*time.Second))
	return encoded{id: c.ID, wires: []wire{execute(c.UUID, c.ID, "play_and_get_digits", arg, false)}}, nil
}

func millis(d, unset time.Duration) int64 {
	if d <= 0 {
		d = unset
	}
	return min(d, time.Hour).Milliseconds()
}

// encodeVars sets all in one command, or in several under 300 bytes.
func encodeVars(c SetVars) (encoded, error) {
	if err := checkUUID(c.UUID); err != nil {
		return encoded{}, err
	}
	if len(c.Vars) == 0 {
		return encoded{}, fmt.Errorf("%w: no variables", ErrArgument)
	}
	var e encoded
	line := ""
	flush := func() {
		if line != "" {
			e.wires = append(e.wires, api("uuid_setvar_multi %s %s", c.UUID, line))
			line = ""
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Vars)) {
		value := c.Vars[name]
		if err := first(checkVarName(name), checkVarValue(value)); err != nil {
			return encoded{}, err
		}
		pair := name + "=" + value
		if line != "" && len(line)+len(pair) > 220 {
			flush()
		}
		if line != "" {
			line += ";"
		}
		line += pair
	}
	flush()
	return e, nil
}

func encodeRecord(c StartRecording) (encoded, error) {
	if err := first(checkUUID(c.UUID), checkPath(c.Path)); err != nil {
		return encoded{}, err
	}
	return encoded{wires: []wire{
		api("uuid_setvar %s RECORD_STEREO true", c.UUID),
		api("uuid_record %s start %s", c.UUID, c.Path),
	}}, nil
}

func encodeDeadMan(c DeadMan) (encoded, error) {
	if err := checkUUID(c.UUID); err != nil {
		return encoded{}, err
	}
	del := api("sched_del %s", c.UUID)
	if c.After <= 0 {
		return encoded{wires: []wire{del}}, nil
	}
	del.soft = true
	seconds := max(1, int64((c.After+time.Second-1)/time.Second))
	return encoded{wires: []wire{del, api("sched_transfer +%d %s fallback XML switchdesk", seconds, c.UUID)}}, nil
}

func encodeOriginate(c Originate) (encoded, error) {
	target, err := dialTarget(c.Target)
	if err := first(checkUUID(c.UUID), err); err != nil {
		return encoded{}, err
	}
	if c.Ringback != "" {
		if err := checkUUID(c.Ringback); err != nil {
			return encoded{}, err
		}
	}
	timeout := c.Timeout
	if timeout <= 0 {
		timeout = 30 * time.Second
	}
	var b strings.Builder
	b.WriteString("{origination_uuid=" + c.UUID)
	b.WriteString(",originate_timeout=" + strconv.FormatInt(max(1, int64(timeout.Round(time.Second)/time.Second)), 10))
	b.WriteString(",ignore_early_media=" + strconv.FormatBool(c.Ringback == ""))
	if from := displayNumber(c.From); from != "" {
		b.WriteString(",origination_caller_id_number=" + from)
	}
	if name := displayName(c.FromName); name != "" {
		b.WriteString(",origination_caller_id_name='" + name + "'")
	}
	for _, name := range slices.Sorted(maps.Keys(c.Vars)) {
		value := c.Vars[name]
		if err := first(checkVarName(name), checkDialValue(value)); err != nil {
			return encoded{}, err
		}
		value = strings.ReplaceAll(value, ",", `\,`)
		if strings.Contains(value, " ") {
			value = "'" + value + "'"
		}
		b.WriteString("," + name + "=" + value)
	}
	b.WriteString("}" + target + " &park()")
	// The leg's own UUID is the job's too: both are made once, by us.
	text := command.API{Command: "originate", Arguments: b.String(), Background: true}.BuildMessage()
	return encoded{job: c.UUID, wires: []wire{{text: text + "\nJob-UUID: " + c.UUID + "\n\n"}}}, nil
}

func dialTarget(t Target) (string, error) {
	switch {
	case t.User != "" && t.Gateway == "" && t.Number == "":
		if err := first(plain("user", t.User, "-_.", 64), plain("domain", t.Domain, "-.", 128)); err != nil {
			return "", err
		}
		return "user/" + t.User + "@" + t.Domain, nil
	case t.User == "" && t.Gateway != "":
		if err := first(plain("gateway", t.Gateway, "-_.", 64), plain("number", t.Number, "+*#", 40)); err != nil {
			return "", err
		}
		return "sofia/gateway/" + t.Gateway + "/" + t.Number, nil
	}
	return "", fmt.Errorf("%w: a target is a user or a gateway's number", ErrArgument)
}
