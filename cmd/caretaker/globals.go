package main

import (
	"os/user"
	"slices"
	"strings"
)

// takeConfig finds -c/--config-file in front of the command, where service
// commands need it. Other global options stay: they belong to the commands.
func takeConfig(args []string) (config string, rest []string) {
	for i := 0; i < len(args); i++ {
		switch arg := args[i]; {
		case (arg == "-c" || arg == "--config-file") && i+1 < len(args):
			config, i = args[i+1], i+1
		case strings.HasPrefix(arg, "--config-file="):
			config = strings.TrimPrefix(arg, "--config-file=")
		case strings.HasPrefix(arg, "-") && arg != "-":
			rest = append(rest, arg)
			if takesValue(arg) && i+1 < len(args) {
				i++
				rest = append(rest, args[i])
			}
		default:
			return configBehind(config, append(rest, args[i:]...))
		}
	}
	return config, rest
}

// takesValue reports whether a global option in front of the command eats the next word.
func takesValue(arg string) bool {
	return slices.Contains([]string{"-o", "--output", "--reason", "--expect", "--columns"}, arg)
}

// configBehind also knows "caretaker run -c FILE" of service commands. For the
// others the parser decides, since their own options come first.
func configBehind(config string, rest []string) (string, []string) {
	if len(rest) == 0 || (rest[0] != "run" && rest[0] != "registration" && rest[0] != "config") {
		return config, rest
	}
	kept := rest[:1:1]
	for i := 1; i < len(rest); i++ {
		switch {
		case (rest[i] == "-c" || rest[i] == "--config-file") && i+1 < len(rest):
			i++
			config = rest[i]
		case strings.HasPrefix(rest[i], "--config-file="):
			config = strings.TrimPrefix(rest[i], "--config-file=")
		default:
			kept = append(kept, rest[i])
		}
	}
	return config, kept
}

// actor is how the audit names who sits at this terminal.
func actor() string {
	who, err := user.Current()
	if err != nil {
		return "terminal:unknown"
	}
	return "terminal:" + who.Username
}
