// Command caretaker administers a Matrix homeserver: as a bot in rooms, and in a terminal.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

// version is set when the program is built.
var version = "devel"

func main() { os.Exit(start()) }

// start runs the program until it is done or told to stop.
func start() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return dispatch(ctx, os.Args[1:], standard(ctx))
}

// service is a command that is about this installation, not about the homeserver.
type service struct {
	summary string
	run     func(ctx context.Context, config string, args []string, std stdio) int
}

// services are looked up before the commands of the registry.
func services() map[string]service {
	return map[string]service{
		"run":          {"Run the daemon.", runDaemon},
		"init":         {"Write config.yaml and registration.yaml.", withoutConfig(runInit)},
		"registration": {"Print the registration file, or make new tokens.", runRegistration},
		"config":       {"Store how to reach a server for use in a terminal.", runConfig},
		"demo":         {"Show it on a throw-away homeserver.", withoutConfig(runDemoCommand)},
		"completion":   {"Print shell completion for bash, zsh or fish.", withoutConfig(runCompletion)},
		"__complete":   {"", withoutConfig(runComplete)},
	}
}

func withoutConfig(run func(context.Context, []string, stdio) int) func(context.Context, string, []string, stdio) int {
	return func(ctx context.Context, _ string, args []string, std stdio) int { return run(ctx, args, std) }
}

// dispatch hands the arguments to a service command, or to the commands that a room knows, too.
func dispatch(ctx context.Context, args []string, std stdio) int {
	config, rest := takeConfig(args)
	if len(rest) > 0 {
		if s, ok := services()[rest[0]]; ok {
			return s.run(ctx, config, rest[1:], std)
		}
	}
	return runCommand(ctx, config, rest, std)
}

// standard is the process's own input and output.
func standard(ctx context.Context) stdio {
	return stdio{In: keyboard{os.Stdin, ctx.Done()}, Out: os.Stdout, Err: os.Stderr, Terminal: term.IsTerminal(int(os.Stdin.Fd()))}
}
