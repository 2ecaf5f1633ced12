package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"caretaker/config"
)

// flags are the options of one service command, which takes no other arguments.
type flags struct {
	*pflag.FlagSet
	command string
	summary string
}

func newFlags(command, summary string) *flags {
	set := pflag.NewFlagSet(command, pflag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.SortFlags = false
	set.Usage = func() {}
	return &flags{FlagSet: set, command: command, summary: summary}
}

// optional lets an option be given without a value, which then counts as fallback.
func (f *flags) optional(name, fallback string) { f.Lookup(name).NoOptDefVal = fallback }

// parse reads the words after the command. If done is true there is nothing more to do, and status is the exit status.
func (f *flags) parse(args []string, std stdio) (status int, done bool) {
	err := f.Parse(f.joined(args))
	if err == nil && f.NArg() > 0 {
		err = fmt.Errorf("%s takes options only, so %q is one word too many", f.command, f.Arg(0))
	}
	switch {
	case errors.Is(err, pflag.ErrHelp):
		f.help(std.Out)
		return exitDone, true
	case err != nil:
		return std.fail(exitUsage, f.suggest(err), "caretaker "+f.command+" --help"), true
	}
	return exitDone, false
}

// joined puts the value of an option whose value is optional behind an equals sign. Since there are no other arguments,
// a word after such an option can be nothing else.
func (f *flags) joined(args []string) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		option := f.Lookup(strings.TrimPrefix(args[i], "--"))
		isValue := i+1 < len(args) && !strings.HasPrefix(args[i+1], "-")
		if strings.HasPrefix(args[i], "--") && option != nil && option.NoOptDefVal != "" && option.Value.Type() != "bool" && isValue {
			out = append(out, args[i]+"="+args[i+1])
			i++
			continue
		}
		out = append(out, args[i])
	}
	return out
}

// suggest adds the nearest option to the error about an unknown one.
func (f *flags) suggest(err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	typed := unknown.GetSpecifiedName()
	if len(typed) == 1 {
		return fmt.Errorf("%s has no option -%s", f.command, typed)
	}
	var names []string
	f.VisitAll(func(option *pflag.Flag) { names = append(names, option.Name) })
	if near := config.Nearest(typed, names); near != "" {
		return fmt.Errorf("%s has no option --%s; did you mean --%s?", f.command, typed, near)
	}
	return fmt.Errorf("%s has no option --%s", f.command, typed)
}

func (f *flags) help(out io.Writer) {
	fmt.Fprintf(out, "%s\n\nUsage: caretaker %s [OPTIONS]\n\n%s", f.summary, f.command, f.FlagUsages())
}
