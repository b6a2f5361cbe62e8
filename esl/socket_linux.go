package esl

import "syscall"

const tcpUserTimeout = 0x12 // TCP_USER_TIMEOUT, milliseconds

// socketOptions makes the kernel give up on unacknowledged data after 2 s
// rather than after a quarter of an hour.
func socketOptions(_, _ string, c syscall.RawConn) error {
	var err error
	if cerr := c.Control(func(fd uintptr) {
		err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, 2000)
	}); cerr != nil {
		return cerr
	}
	return err
}
