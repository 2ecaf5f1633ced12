package diagnostics

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"caretaker/store"
)

// leastFree is the free space below which the database and its reserve are in danger.
const leastFree = 100 << 20

// database finds out whether the database can be read and is whole.
func (in *inspection) database(ctx context.Context) finding {
	path := in.config.DatabaseFile()
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return good(path + " does not exist yet; the daemon makes it")
	}
	db, err := store.Open(ctx, path, store.Options{ReadOnly: true, Now: in.now})
	if err != nil {
		return databaseFault(path, err)
	}
	defer func() { _ = db.Close() }() // it was only read
	if err := db.Integrity(ctx); err != nil {
		return databaseFault(path, err)
	}
	return good(fmt.Sprintf("%s is sound, %s", path, size(info.Size())))
}

// databaseFault uses the store's words, which have the remedy in them.
func databaseFault(path string, err error) finding {
	var known *store.OpenError
	switch {
	case errors.Is(err, store.ErrMissing):
		return good(path + " is empty yet; the daemon fills it")
	case errors.As(err, &known):
		return finding{detail: known.Error()}
	case errors.Is(err, context.DeadlineExceeded):
		return bad("checking "+path+" took too long", "try again; if it stays so, look at the load of this machine and its disk")
	}
	return bad(path+" cannot be checked", "see the daemon's log")
}

// disk finds out whether data_dir can be written and has space left.
func (in *inspection) disk(context.Context) finding {
	dir := in.config.DataFolder()
	if found, ok := writable(dir); !ok {
		return found
	}
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err != nil {
		return bad("the free space of "+dir+" cannot be read", "see whether the disk is mounted")
	}
	return freeSpace(dir, int64(stat.Bavail)*int64(stat.Bsize)) //nolint:unconvert // the types differ between systems
}

func freeSpace(dir string, free int64) finding {
	if free < leastFree {
		return bad(fmt.Sprintf("only %s are free in %s, 100 MB are needed at least", size(free), dir),
			"delete something there, or write another folder to data_dir and move caretaker.db and admin.token there. This shows what takes the space:\ndu -xh -d 2 "+dir+" | sort -h | tail")
	}
	return good(fmt.Sprintf("%s are free in %s", size(free), dir))
}

// writable tries it by making a file that has no name for long.
func writable(dir string) (finding, bool) {
	file, err := os.CreateTemp(dir, ".caretaker-*")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return bad("the folder "+dir+" does not exist", "make it, or correct data_dir:\nmkdir -m 700 -p "+dir), false
	case errors.Is(err, unix.EROFS):
		return bad(dir+" is on a disk that is mounted read-only", "mount it for writing, or write another folder to data_dir"), false
	case errors.Is(err, unix.ENOSPC):
		return bad("no space is left in "+dir, "delete something there, or write another folder to data_dir"), false
	case err != nil:
		return bad(fmt.Sprintf("user %d may not write in %s", os.Geteuid(), dir),
			fmt.Sprintf("run caretaker as the owner of the folder, or give the folder to this user:\nchown -R %d %s", os.Geteuid(), dir)), false
	}
	if err := errors.Join(file.Close(), os.Remove(file.Name())); err != nil {
		return bad("files in "+dir+" cannot be removed", "give the folder to the user who runs caretaker"), false
	}
	return finding{}, true
}

func size(bytes int64) string {
	switch {
	case bytes >= 10<<30:
		return fmt.Sprintf("%d GB", bytes>>30)
	case bytes >= 10<<20:
		return fmt.Sprintf("%d MB", bytes>>20)
	}
	return fmt.Sprintf("%d kB", bytes>>10)
}
