package main

import (
	_ "embed"
)

// The scripts ask the program itself what could come next, so that they know
// every command and option of the version that is installed.
var (
	//go:embed completion/caretaker.bash
	bashCompletion string
	//go:embed completion/caretaker.zsh
	zshCompletion string
	//go:embed completion/caretaker.fish
	fishCompletion string
)

// completionScript gives the script that makes a shell complete caretaker's
// command lines; false for a shell that there is none for.
//
// The scripts call "caretaker __complete WORDS…" with the words behind the
// program's name, the last one unfinished or empty. It prints one candidate per
// line: the whole word, a tab, what it means.
func completionScript(shell string) (string, bool) {
	script, ok := map[string]string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}[shell]
	return script, ok
}
