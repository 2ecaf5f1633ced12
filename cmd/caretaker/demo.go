package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"
)

// demoOptions say how the demonstration runs.
type demoOptions struct {
	// Program is the path of this program: the demonstration runs it as an operator would.
	Program string
	// Cache is the directory that gets the homeserver's installation and, while it runs, everything else.
	Cache string
	// Once ends the demonstration after the conversation.
	Once bool
	// Out gets the conversation, line by line as it happens.
	Out io.Writer
}

// runDemo does the main job on a fresh machine: a real homeserver, the bot beside it, an admin who works by chat. It
// returns an error when anything was not as it has to be. Unless opts.Once it then waits until ctx ends. Whatever it
// started ends with it.
func runDemo(ctx context.Context, opts demoOptions) error {
	began := time.Now()
	stage, err := setStage(ctx, opts)
	if err != nil {
		return err
	}
	defer stage.strike()
	fmt.Fprintf(opts.Out, "Ready after %s. What follows is a real conversation in the management room.\n", time.Since(began).Round(time.Second))
	wrong := 0
	for _, line := range script(stage) {
		if err := stage.play(ctx, line); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			wrong++
			stage.print("WRONG", err.Error())
		}
	}
	fmt.Fprintln(opts.Out)
	if wrong > 0 {
		err = fmt.Errorf("%d answers were wrong; the log of the bot is %s", wrong, stage.keepLog())
	} else {
		fmt.Fprintf(opts.Out, "Every answer was right (%s in all).\n", time.Since(began).Round(time.Second))
	}
	if !opts.Once {
		stage.invite()
		<-ctx.Done()
		fmt.Fprintln(opts.Out, "\nStopping and deleting everything.")
	}
	return err
}

// invite says how to go on by hand.
func (s *stage) invite() {
	fmt.Fprintf(s.opts.Out, `
The servers keep running. Try it yourself:
  in a Matrix client     homeserver %s   user %s   password %s
  in another terminal    %s -c %s user list
Press Ctrl-C to end; everything is deleted then.
`, s.server.URL, s.admin.UserID, demoPassword, s.opts.Program, filepath.Join(s.dir, "config.yaml"))
}

// play lets the admin type one command, prints it with what comes back, and returns what is wrong with that.
func (s *stage) play(ctx context.Context, l line) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if l.intro != "" {
		fmt.Fprintf(s.opts.Out, "\n# %s\n", l.intro)
	}
	sent := time.Now()
	s.print("ada", l.say)
	answer, err := s.admin.Ask(ctx, s.room, l.say)
	if err != nil {
		return err
	}
	s.print("caretaker", answer.Plain)
	if l.confirm != nil && answer.Status == "confirm" {
		if err := l.confirm(ctx, answer); err != nil {
			return err
		}
		if answer, err = s.admin.AwaitFinal(ctx, s.room, answer.Event); err != nil {
			return err
		}
		s.print("caretaker", answer.Plain)
	}
	fmt.Fprintf(s.opts.Out, "%12s   %s after %s\n", "", answer.Status, time.Since(sent).Round(time.Millisecond))
	return errors.Join(l.judge(answer), l.look(ctx))
}
