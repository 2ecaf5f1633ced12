package commands

import (
	"reflect"

	"caretaker/render"
)

// Globals are the options that every command has. Those with a door exist only there.
type Globals struct {
	Output  string   `short:"o" value:"FORMAT" help:"Output as human, table, json, minified, ndjson, yaml, pprint or csv."`
	DryRun  bool     `help:"Show the requests that would be sent, change nothing."`
	Reason  string   `value:"TEXT" help:"Why; goes into the audit record and to the server where it takes one."`
	Help    bool     `short:"h" help:"Show help for the command."`
	Config  string   `short:"c" long:"config-file" value:"FILE" door:"terminal" help:"Use this configuration file."`
	Verbose []string `short:"v" door:"terminal" help:"Say more; repeat for debug output."`
	Yes     bool     `long:"yes" alias:"batch,no-confirm,non-interactive,scripting" door:"terminal" help:"Answer every question with yes."`
	Expect  *int     `min:"0" door:"terminal" help:"The true number of targets, where it is more than limits.unattended."`
	Wait    bool     `door:"terminal" help:"Follow long work to its end."`
	Columns string   `value:"NAMES" door:"terminal" help:"Columns of a table, with commas between."`
	Version bool     `door:"terminal" help:"Show caretaker's own version."`
}

var globalFields = fieldsOf("global options", reflect.TypeFor[Globals]())

// Format is the chosen output format, or the given one when none was chosen.
func (g *Globals) Format(otherwise render.Format) (render.Format, error) {
	if g.Output == "" {
		return otherwise, nil
	}
	return render.ParseFormat(g.Output)
}
