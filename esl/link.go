package esl

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/percipia/eslgo/command"
)

// link is one authenticated socket to the switch.
type link struct {
	conn net.Conn
	fr   *frameReader
	last atomic.Int64 // when something was last read, unix nanoseconds
	wmu  sync.Mutex
}

// Read notes that the switch is alive.
func (l *link) Read(p []byte) (int, error) {
	n, err := l.conn.Read(p)
	if n > 0 {
		l.last.Store(time.Now().UnixNano())
	}
	return n, err
}

func (l *link) write(b []byte) error {
	l.wmu.Lock()
	defer l.wmu.Unlock()
	if _, err := l.conn.Write(b); err != nil {
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	return nil
}

// silent is how long nothing has been read.
func (l *link) silent(now time.Time) time.Duration {
	return time.Duration(now.UnixNano() - l.last.Load())
}

// dial connects and signs in. Beside network errors (ErrLost) it fails with
// ErrAuth, ErrRefused and ErrFrame.
func dial(ctx context.Context, cfg *NodeConfig, maxBody int) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, cfg.DialTimeout)
	defer cancel()
	d := net.Dialer{
		Control: socketOptions,
		KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: time.Second, Interval: time.Second, Count: 2,
		},
	}
	conn, err := d.DialContext(ctx, "tcp", cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLost, err)
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	l := &link{conn: conn}
	l.fr = newFrameReader(l, maxBody)
	l.last.Store(time.Now().UnixNano())
	if err := l.signIn(cfg.Password); err != nil {
		conn.Close()
		if ctx.Err() != nil {
			err = fmt.Errorf("%w: signing in took over %v", ErrTimeout, cfg.DialTimeout)
		}
		return nil, err
	}
	return l, nil
}

func (l *link) signIn(password string) error {
	if err := none("password", password, "", 1000); err != nil {
		return err
	}
	var f frame
	if err := l.fr.next(&f); err != nil {
		return err
	}
	switch f.typ {
	case authFrame:
	case rejectionFrame:
		return fmt.Errorf("%w: %s", ErrRefused, bytes.TrimSpace(f.body))
	default:
		return fmt.Errorf("%w: no auth request", ErrFrame)
	}
	if err := l.write([]byte(command.Auth{Password: password}.BuildMessage() + "\n\n")); err != nil {
		return err
	}
	reply, err := l.reply()
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(reply, []byte("+OK")) {
		return fmt.Errorf("%w: %s", ErrAuth, reply)
	}
	return nil
}

// reply reads up to the next command/reply, for the dialogue before the
// socket is handed to its reader.
func (l *link) reply() ([]byte, error) {
	var f frame
	if err := l.fr.next(&f); err != nil {
		return nil, err
	}
	switch f.typ {
	case replyFrame:
		return header(f.head, "Reply-Text"), nil
	case disconnectFrame:
		return nil, fmt.Errorf("%w: %s", ErrLost, bytes.TrimSpace(f.body))
	}
	return nil, fmt.Errorf("%w: a reply was due", ErrFrame)
}

// subscriptions is all that we ever listen to.
var subscriptions = command.Event{Format: "plain", Listen: []string{
	"CHANNEL_PARK", "CHANNEL_CREATE", "CHANNEL_PROGRESS", "CHANNEL_PROGRESS_MEDIA", "CHANNEL_ANSWER",
	"CHANNEL_BRIDGE", "CHANNEL_UNBRIDGE", "CHANNEL_EXECUTE_COMPLETE", "DTMF", "CHANNEL_HANGUP_COMPLETE",
	"RECORD_START", "RECORD_STOP", "HEARTBEAT", "BACKGROUND_JOB",
	"CUSTOM", "sofia::register", "sofia::unregister", "sofia::expire", "sofia::gateway_state",
	"conference::maintenance",
}}

func (l *link) subscribe(timeout time.Duration) error {
	l.conn.SetReadDeadline(time.Now().Add(timeout))
	defer l.conn.SetReadDeadline(time.Time{})
	if err := l.write([]byte(subscriptions.BuildMessage() + "\n\n")); err != nil {
		return err
	}
	reply, err := l.reply()
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(reply, []byte("+OK")) {
		return fmt.Errorf("%w: events: %s", ErrRefused, reply)
	}
	return nil
}
