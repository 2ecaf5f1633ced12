package config_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caretaker/config"
)

// systemWords are what only programmers understand.
var systemWords = []string{"open /", "mkdir ", "rename ", "stat ", "no such file", "permission denied", "not a directory", "is a directory"}

func checkWords(t *testing.T, err error, wants ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %q", wants)
	}
	for _, want := range wants {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("lacks %q: %s", want, err)
		}
	}
	for _, word := range systemWords {
		if strings.Contains(err.Error(), word) {
			t.Errorf("people are told %q: %s", word, err)
		}
	}
}

func TestErrorsOfFilesAreForPeople(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	load := func(path string) error {
		_, err := config.Load(path, config.ForDaemon)
		return err
	}
	missing := filepath.Join(dir, "missing.yaml")
	err := load(missing)
	checkWords(t, err, "configuration "+missing+" does not exist", "correct the path, or write one with \"caretaker init\"")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error("its cause is lost")
	}
	checkWords(t, load(dir), "configuration "+dir+" cannot be read; give a file")
	checkWords(t, load(filepath.Join(file, "config.yaml")), "since "+file+" is no folder; correct the path")
	_, err = config.ReadSecret(filepath.Join(file, "secret"))
	checkWords(t, err, "is no folder")
	_, err = config.OpenDocument(dir)
	checkWords(t, err, "configuration "+dir+" cannot be read; give a file")
	checkWords(t, config.Write(dir, nil), "file "+dir+" cannot be written; see whether something else is in its place")
	checkWords(t, config.Write(filepath.Join(file, "config.yaml"), nil), "folder "+file+" cannot be made; ")
	checkWords(t, config.Write(filepath.Join(file, "x", "config.yaml"), nil), "cannot be made; a part of its path is no folder: name another one")
}

func TestErrorsOfClosedFoldersAreForPeople(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may enter everywhere")
	}
	dir := t.TempDir()
	for mode, want := range map[fs.FileMode]string{
		0o000: "may not enter " + dir + "; change the folder's owner or mode",
		0o500: "",
	} {
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "config.yaml")
		if _, err := config.Load(path, config.ForDaemon); want != "" {
			checkWords(t, err, want)
		}
		checkWords(t, config.Write(path, nil), "cannot be written by this user; change the owner of its folder, or name another folder")
	}
	_ = os.Chmod(dir, 0o700)
	path := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(path, nil, 0o000); err != nil {
		t.Fatal(err)
	}
	_, err := config.Load(path, config.ForDaemon)
	checkWords(t, err, "is not readable for this user; change its owner or mode")
}

func TestErrorsOfFoldersAndLogsAreForPeople(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	checkWords(t, config.MakeFolder("data_dir", filepath.Join(file, "x")), "data_dir "+file+"/x cannot be made; a part of its path is no folder: name another one")
	cfg := load(t, minimal+"logging: {writers: [{type: file, filename: "+file+"/log}]}\n")
	_, _, err := cfg.Logger(nil, nil)
	checkWords(t, err, "log file "+file+"/log cannot be written; a part of its path is no folder: name another one")
}
