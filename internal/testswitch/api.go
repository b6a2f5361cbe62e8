package testswitch

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"testing"
	"time"
)

// API runs one line of the switch's API on a connection of its own, so that a
// test can do to the switch what no controller would.
func (s *Switch) API(t testing.TB, line string) string {
	t.Helper()
	out, err := ask(s.ESLAddr(), s.Values.ESLPassword, line)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return out
}

func ask(addr, password, line string) (string, error) {
	conn, err := net.DialTimeout("tcp", addr, 3*time.Second)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(15 * time.Second))
	r := textproto.NewReader(bufio.NewReader(conn))
	for _, command := range []string{"", "auth " + password, "api " + line} {
		if command != "" {
			if _, err := fmt.Fprintf(conn, "%s\n\n", command); err != nil {
				return "", err
			}
		}
		head, err := r.ReadMIMEHeader()
		if err != nil {
			return "", err
		}
		if strings.HasPrefix(head.Get("Reply-Text"), "-ERR") {
			return "", fmt.Errorf("the switch says %s", head.Get("Reply-Text"))
		}
		if n, _ := strconv.Atoi(head.Get("Content-Length")); n > 0 {
			body := make([]byte, n)
			if _, err := io.ReadFull(r.R, body); err != nil {
				return "", err
			}
			return strings.TrimSpace(string(body)), nil
		}
	}
	return "", nil
}
