package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// ErrLocked is returned by AcquireLock when another process works on inbox and jobs.
var ErrLocked = errors.New("another caretaker process is working here")

// Lock says that this process is the one that works on inbox and jobs. The kernel takes it back when the process ends,
// however it ends.
type Lock struct{ file *os.File }

// AcquireLock takes the lock file at path, which is made if needed, without waiting. The error is ErrLocked, with the
// holder's process number, when it is taken.
func AcquireLock(path string) (*Lock, error) {
	file, err := openOrCreate(path, unix.O_NOFOLLOW)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = fmt.Errorf("%s is held%s: %w", path, holder(file), ErrLocked)
	} else if err != nil {
		err = fmt.Errorf("lock %s: %w", path, err)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	note(file)
	return &Lock{file}, nil
}

// Release gives the lock back. The file stays: removing it would let two processes lock two files of one name.
func (l *Lock) Release() error { return l.file.Close() }

// note leaves our process number for those who find the lock taken. It is only for people, so errors do not matter.
func note(file *os.File) {
	if file.Truncate(0) == nil {
		_, _ = file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
}

func holder(file *os.File) string {
	if pid := readPID(file); pid > 0 {
		return fmt.Sprintf(" by process %d", pid)
	}
	return ""
}

// readPID is 0 where the file holds no number.
func readPID(file *os.File) int {
	text, err := io.ReadAll(io.LimitReader(file, 32))
	if err != nil {
		return 0
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return pid
}

// Holder is the process that works on inbox and jobs.
type Holder struct {
	PID   int       // 0 if it has not left its number yet
	Since time.Time // when it took the lock
}

// LockHolder tells who holds the lock file at path; false where nobody does. A process that wants it at this very
// moment has to try again.
func LockHolder(path string) (Holder, bool, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW, 0)
	if errors.Is(err, os.ErrNotExist) {
		return Holder{}, false, nil
	}
	if err != nil {
		return Holder{}, false, fmt.Errorf("open lock file: %w", err)
	}
	defer func() { _ = file.Close() }()
	switch err := unix.Flock(int(file.Fd()), unix.LOCK_SH|unix.LOCK_NB); {
	case err == nil:
		return Holder{}, false, nil
	case !errors.Is(err, unix.EWOULDBLOCK):
		return Holder{}, false, fmt.Errorf("examine lock %s: %w", path, err)
	}
	info, err := file.Stat()
	if err != nil {
		return Holder{}, false, fmt.Errorf("examine lock %s: %w", path, err)
	}
	return Holder{PID: readPID(file), Since: info.ModTime()}, true, nil
}
