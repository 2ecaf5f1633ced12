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
	config  bool // it takes -c
	run     func(ctx context.Context, config string, args []string, std stdio) int
}

// services are looked up before the commands of the registry.
func services() map[string]service {
	return map[string]service{
		"run":          {"Run the daemon.", true, runDaemon},
		"init":         {"Write config.yaml and registration.yaml.", false, withoutConfig(runInit)},
		"registration": {"Print the registration file, or make new tokens.", true, runRegistration},
		"config":       {"Store how to reach a server for use in a terminal.", true, runConfig},
		"demo":         {"Show it on a throw-away homeserver.", false, withoutConfig(runDemoCommand)},
		"completion":   {"Print shell completion for bash, zsh or fish.", false, withoutConfig(runCompletion)},
		"__complete":   {"", false, withoutConfig(runComplete)},
	}
}

func withoutConfig(run func(context.Context, []string, stdio) int) func(context.Context, string, []string, stdio) int {
	return func(ctx context.Context, _ string, args []string, std stdio) int { return run(ctx, args, std) }
}

// dispatch hands the arguments to a service command, or to the commands that a room knows, too.
func dispatch(ctx context.Context, args []string, std stdio) int {
	if len(args) == 2 && args[0] == "help" {
		args = helpFor(args)
	}
	if call, ok := asService(args, services()); ok {
		return services()[call.name].run(ctx, call.config, call.args, std)
	}
	return runCommand(ctx, args, std)
}

// helpFor makes "help run" what it means.
func helpFor(args []string) []string {
	if _, ok := services()[args[1]]; ok {
		return []string{args[1], "--help"}
	}
	return args
}

// standard is the process's own input and output.
func standard(ctx context.Context) stdio {
	return stdio{In: keyboard{os.Stdin, ctx.Done()}, Out: os.Stdout, Err: os.Stderr, Terminal: term.IsTerminal(int(os.Stdin.Fd()))}
}
