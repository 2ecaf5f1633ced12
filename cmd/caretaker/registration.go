package main

import (
	"context"
	"fmt"

	"caretaker/appservice"
	"caretaker/config"
)

// runRegistration prints the registration file, after --rotate with new tokens.
func runRegistration(_ context.Context, configFile string, args []string, std stdio) int {
	f := newFlags("registration", "Print the registration as YAML, tokens included.")
	rotate := f.Bool("rotate", false, "make new tokens first; the old file is kept with .bak appended, beside those of earlier times")
	f.StringVarP(&configFile, "config-file", "c", configFile, "configuration `FILE`")
	if status, done := f.parse(args, std); done {
		return status
	}
	path, err := config.Find(configFile)
	if err != nil {
		return std.fail(exitUsage, err, "caretaker init --help")
	}
	cfg, err := config.Load(path, config.ForTerminal)
	if err != nil {
		return std.fail(exitFailed, err, "caretaker check")
	}
	file := cfg.RegistrationFile()
	reg, err := appservice.LoadRegistration(file)
	if err != nil {
		return std.fail(exitFailed, err, "caretaker init --help")
	}
	if *rotate {
		reg = appservice.Rotated(reg)
		backup, err := appservice.SaveRegistration(file, reg)
		if err != nil {
			return std.fail(exitFailed, unwritten{err}, "")
		}
		std.note("%s has new tokens, the old ones are in %s.", file, backup)
		std.note("Install a copy on the homeserver and restart every homeserver process, then restart caretaker.")
	}
	text, err := appservice.RegistrationYAML(reg)
	if err != nil {
		return std.fail(exitFailed, err, "")
	}
	fmt.Fprintf(std.Out, "%s", text)
	return exitDone
}
