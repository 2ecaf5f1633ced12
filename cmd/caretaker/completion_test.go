package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestCompletionScripts(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"bash", "zsh", "fish"} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			script, ok := completionScript(shell)
			if !ok || !strings.Contains(script, "__complete") {
				t.Fatalf("got no script for %s", shell)
			}
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Skipf("%s is not installed", shell)
			}
			name := filepath.Join(t.TempDir(), "script")
			if err := os.WriteFile(name, []byte(script), 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.CommandContext(t.Context(), path, "-n", name).CombinedOutput(); err != nil {
				t.Errorf("%s does not understand it: %v\n%s", shell, err, out)
			}
		})
	}
	if _, ok := completionScript("powershell"); ok {
		t.Error("got a script for a shell that there is none for")
	}
}

// What bash hands over and takes back, with its habit of splitting words at "=" and ":".
func TestCompletionInBash(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	script, _ := completionScript("bash")
	for name, test := range map[string]struct {
		words   string // of bash, after the program
		prints  string // what the program answers
		asked   string // what it was asked, a word per line
		replies string
	}{
		"word":        {`room de`, "delete\tDelete a room.\ndetails\tShow a room.\n", "room\nde\n", "delete details"},
		"empty":       {`room ''`, "list\tList.\n", "room\n\n", "list"},
		"option":      {`room list --so`, "--sort\tSort.\n", "room\nlist\n--so\n", "--sort"},
		"after =":     {`room list --sort = na`, "--sort=name\n", "room\nlist\n--sort=na\n", "name"},
		"right at =":  {`room list --sort =`, "--sort=name\n--sort=public\n", "room\nlist\n--sort=\n", "name public"},
		"colon":       {`user details @bob : exam`, "", "user\ndetails\n@bob:exam\n", ""},
		"nothing yet": {`''`, "user\tUsers.\n", "\n", "user"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			program := filepath.Join(folder, "caretaker")
			answer := "#!/bin/sh\nshift\nfor word in \"$@\"; do printf '%s\\n' \"$word\"; done >\"$0.asked\"\ncat \"$0.prints\"\n"
			for file, text := range map[string]string{program: answer, program + ".prints": test.prints} {
				if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			driver := script + "\nCOMP_WORDS=(" + program + " " + test.words + ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_caretaker\necho \"${COMPREPLY[*]}\"\n"
			out, err := exec.CommandContext(t.Context(), bash, "-c", driver).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if got := strings.TrimSpace(string(out)); got != test.replies {
				t.Errorf("bash offers %q, want %q", got, test.replies)
			}
			if asked, _ := os.ReadFile(program + ".asked"); string(asked) != test.asked {
				t.Errorf("the program was asked %q, want %q", asked, test.asked)
			}
		})
	}
}
