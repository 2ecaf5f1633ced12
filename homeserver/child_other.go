//go:build unix && !linux

package homeserver

import "syscall"

// childAttributes make the child a group of its own. Only Linux can tie its life to ours.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
