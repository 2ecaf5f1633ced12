package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"caretaker/commands"
	"caretaker/commands/all"
)

// runCompletion is "caretaker completion SHELL".
func runCompletion(_ context.Context, args []string, std stdio) int {
	if len(args) == 1 && (args[0] == "-h" || args[0] == "--help") {
		fmt.Fprintln(std.Out, "Print shell completion.\n\nUsage: caretaker completion bash|zsh|fish")
		return exitDone
	}
	if len(args) != 1 {
		return std.fail(exitUsage, errors.New("completion needs the name of a shell: bash, zsh or fish"), "caretaker completion bash")
	}
	script, ok := completionScript(args[0])
	if !ok {
		return std.fail(exitUsage, fmt.Errorf("there is no completion for %q (want bash, zsh or fish)", args[0]), "caretaker completion bash")
	}
	fmt.Fprint(std.Out, script)
	return exitDone
}

// runComplete answers the scripts: one candidate per line, a tab, what it means.
func runComplete(_ context.Context, args []string, std stdio) int {
	candidates := all.Registry().Complete(args, commands.DoorTerminal)
	if len(args) <= 1 {
		candidates = append(candidates, serviceCandidates(strings.Join(args, ""))...)
	}
	for _, c := range candidates {
		fmt.Fprintf(std.Out, "%s\t%s\n", c.Text, c.Help)
	}
	return exitDone
}

// serviceCandidates are the service commands, which the registry does not know.
func serviceCandidates(begun string) []commands.Candidate {
	var list []commands.Candidate
	all := services()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if strings.HasPrefix(name, begun) && all[name].summary != "" {
			list = append(list, commands.Candidate{Text: name, Help: all[name].summary})
		}
	}
	return list
}
