package dbtest

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

var serverFlags = []string{
	"--no-defaults", "--skip-networking", "--skip-log-bin", "--skip-name-resolve", "--performance-schema=OFF",
	"--innodb-buffer-pool-size=32M", "--innodb-log-file-size=8M", "--innodb-flush-log-at-trx-commit=0",
	"--innodb-flush-method=nosync", "--sync-frm=OFF", "--skip-innodb-doublewrite", "--max-connections=300",
}

// server starts this binary's MariaDB once. The shell that holds it waits for
// the end of its input, which comes when the test binary ends in whatever
// way; then it stops the server and removes the folder.
func server() (socket, missing string, err error) {
	once.Do(func() { running.socket, running.missing, running.err = startServer() })
	return running.socket, running.missing, running.err
}

var (
	once    sync.Once
	running struct {
		socket, missing string
		err             error
		stdin           io.Closer // kept: were it collected, its end would stop the server
	}
)

const guardian = `
"$@" &
pid=$!
cat >/dev/null
kill -9 $pid
wait $pid
rm -rf "$DIR"
`

func startServer() (socket, missing string, err error) {
	daemon := find("mariadbd", "/usr/sbin/mariadbd", "/usr/local/sbin/mariadbd")
	install := find("mariadb-install-db", "/usr/bin/mariadb-install-db")
	if daemon == "" || install == "" {
		return "", "mariadbd and mariadb-install-db are not installed (Debian: mariadb-server-core)", nil
	}
	dir, err := os.MkdirTemp(memoryFolder(), "switchdesk-mariadb-")
	if err != nil {
		return "", "", err
	}
	data, logFile := filepath.Join(dir, "data"), filepath.Join(dir, "log")
	socket = filepath.Join(dir, "s")
	me, err := user.Current()
	if err != nil {
		return "", "", err
	}
	flags := append([]string{"--datadir=" + data, "--user=" + me.Username}, serverFlags[1:]...)
	out, err := exec.Command(install, append([]string{"--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"}, flags...)...).CombinedOutput()
	if err != nil {
		os.RemoveAll(dir)
		return "", "", fmt.Errorf("mariadb-install-db: %w\n%s", err, out)
	}
	args := append([]string{"-c", guardian, "guardian", daemon, "--no-defaults"}, flags...)
	args = append(args, "--socket="+socket, "--pid-file="+filepath.Join(dir, "pid"), "--log-error="+logFile)
	cmd := exec.Command("/bin/sh", args...)
	cmd.Env = append(os.Environ(), "DIR="+dir)
	if running.stdin, err = cmd.StdinPipe(); err != nil {
		return "", "", err
	}
	if err := cmd.Start(); err != nil {
		return "", "", err
	}
	deadline := time.Now().Add(60 * time.Second)
	for {
		conn, err := net.Dial("unix", socket)
		if err == nil {
			conn.Close()
			return socket, "", nil
		}
		if time.Now().After(deadline) {
			said, _ := os.ReadFile(logFile)
			return "", "", fmt.Errorf("mariadbd did not come up: %w\n%s", err, said)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// memoryFolder is a roomy file system in memory, where making a table costs
// no write to a disk; "" (the usual temporary folder) if there is none.
func memoryFolder() string {
	const shm, room = "/dev/shm", 2 << 30
	var st syscall.Statfs_t
	if err := syscall.Statfs(shm, &st); err != nil || st.Bavail*uint64(st.Bsize) < room {
		return ""
	}
	return shm
}

func find(name string, places ...string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, p := range places {
		if _, err := os.Stat(p); err == nil {
			return p
		}
	}
	return ""
}
