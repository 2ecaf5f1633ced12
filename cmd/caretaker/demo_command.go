package main

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// runDemoCommand is the service command around the demonstration.
func runDemoCommand(ctx context.Context, args []string, std stdio) int {
	opts := demoOptions{Out: std.Out}
	f := newFlags("demo", "Show caretaker on a throw-away homeserver: install Synapse, set up the bot, talk to it.")
	f.BoolVar(&opts.Once, "once", false, "end after the conversation; the exit status says whether every answer was right")
	f.StringVar(&opts.Cache, "cache", ".cache", "folder that keeps the installed homeserver (180 MB)")
	if status, done := f.parse(args, std); done {
		return status
	}
	program, err := os.Executable()
	if err != nil {
		return std.fail(exitFailed, fmt.Errorf("find this program: %w", err), "")
	}
	opts.Program = program
	if err := runDemo(ctx, opts); err != nil {
		if errors.Is(err, context.Canceled) {
			return exitInterrupted
		}
		return std.fail(exitFailed, err, "")
	}
	return exitDone
}
