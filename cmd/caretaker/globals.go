package main

import (
	"os/user"
	"slices"
	"strings"
)

// serviceCall is a service command with its arguments; global options in front of
// it count like those behind it.
type serviceCall struct {
	name   string
	config string // of -c/--config-file
	args   []string
}

// asService finds out whether the arguments name a service command.
func asService(args []string, known map[string]service) (call serviceCall, ok bool) {
	for i := 0; i < len(args); i++ {
		switch arg := args[i]; {
		case !strings.HasPrefix(arg, "-") || arg == "-":
			if _, ok := known[arg]; !ok {
				return serviceCall{}, false
			}
			call.name = arg
			call.take(append(args[:i:i], args[i+1:]...), known[arg].config)
			return call, true
		case takesValue(arg):
			i++
		}
	}
	return serviceCall{}, false
}

// take sorts -c out of the arguments, and the switch that answers questions where
// none are asked.
func (c *serviceCall) take(args []string, knowsConfig bool) {
	for i := 0; i < len(args); i++ {
		value, joined := strings.CutPrefix(args[i], "--config-file=")
		switch {
		case knowsConfig && joined:
			c.config = value
		case knowsConfig && (args[i] == "-c" || args[i] == "--config-file") && i+1 < len(args):
			i++
			c.config = args[i]
		case c.name != "config" && slices.Contains(batchNames, args[i]):
		default:
			c.args = append(c.args, args[i])
		}
	}
}

// batchNames are the five names of one switch.
var batchNames = []string{"--batch", "--yes", "--no-confirm", "--non-interactive", "--scripting"}

// takesValue reports whether a global option in front of the command eats the next word.
func takesValue(arg string) bool {
	return slices.Contains([]string{"-c", "--config-file", "-o", "--output", "--reason", "--expect", "--columns"}, arg)
}

// actor is how the audit names who sits at this terminal.
func actor() string {
	who, err := user.Current()
	if err != nil {
		return "terminal:unknown"
	}
	return "terminal:" + who.Username
}
