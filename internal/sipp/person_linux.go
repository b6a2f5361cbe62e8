package sipp

import (
	"os/exec"
	"runtime"
	"syscall"
)

// dieTogether makes the kernel kill sipp when the thread that starts it
// ends, so that thread is kept until then.
func dieTogether(cmd *exec.Cmd) {
	runtime.LockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
