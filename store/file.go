package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// filePath takes what stands in the configuration to an absolute path.
func filePath(uri string) (string, error) {
	path := strings.TrimPrefix(uri, "file:")
	if path == "" || path != uri && strings.ContainsAny(path, "?#") {
		return "", fmt.Errorf("database %q: want the path of a file, without parameters", uri)
	}
	return filepath.Abs(path)
}

// openOrCreate opens a file for writing and creates it for us alone if needed. What root creates goes to the owner of
// the folder: the terminal may have been first, with sudo, and the daemon must be able to open it.
func openOrCreate(path string, flags int) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return os.OpenFile(path, os.O_RDWR|flags, 0)
	}
	if err != nil || os.Geteuid() != 0 {
		return file, err
	}
	if uid, gid, ok := ownerOf(filepath.Dir(path)); ok {
		// By descriptor: the folder's owner could put a link in its place. Where it fails, opening will say so.
		_ = file.Chown(int(uid), int(gid))
	}
	return file, nil
}

func ownerOf(path string) (uid, gid uint32, ok bool) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, 0, false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, false
	}
	return stat.Uid, stat.Gid, true
}
