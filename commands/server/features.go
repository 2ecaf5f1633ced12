package server

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var featuresCmd = commands.Define[featuresArgs, featuresNeeds](commands.Meta{
	Name:    "server features",
	Summary: "Show which commands this homeserver supports.",
	Detail: "It is found out at this moment: every part of the admin API is looked for, reading only and without a token. " +
		"What is missing comes first.",
	Examples: []string{"server features", "server features -o json"},
})

// supporter is a homeserver that knows what it supports.
type supporter interface {
	Software() string
	Support(ctx context.Context, methods []string) (admin.Support, error)
}

// catalogue lists the commands, and the methods that each of them calls.
type catalogue interface {
	All() []*commands.Command
	Calls(command string) []string
}

// featuresNeeds are the homeserver and the list of commands.
type featuresNeeds struct {
	API      supporter
	Registry catalogue
}

type featuresArgs struct{}

// Run looks for everything that commands ask of the server.
func (a *featuresArgs) Run(ctx context.Context, env *commands.Env, needs featuresNeeds) (commands.Result, error) {
	all := needs.Registry.All()
	support, err := needs.API.Support(ctx, methodsOf(needs.Registry))
	if err != nil {
		return nil, err
	}
	result := features{
		Server:   serverStatus{Name: env.ServerName, Software: needs.API.Software(), Version: support.Version},
		Accounts: "homeserver", Commands: make([]feature, 0, len(all)),
	}
	if support.Delegated {
		result.Accounts = mas
	}
	for _, c := range all {
		result.Commands = append(result.Commands, featureOf(c, needs, support))
	}
	slices.SortStableFunc(result.Commands, func(a, b feature) int { return int(b.Supported - a.Supported) })
	return result, nil
}

// mas stands for Matrix Authentication Service.
const mas = "mas"

func methodsOf(registry catalogue) []string {
	var methods []string
	for _, c := range registry.All() {
		methods = append(methods, registry.Calls(c.Name)...)
	}
	slices.Sort(methods)
	return slices.Compact(methods)
}

// features is what the homeserver supports. It is composed here.
type features struct {
	Server   serverStatus `json:"server"`
	Accounts string       `json:"accounts"` // who keeps them: "homeserver", or "mas" for Matrix Authentication Service
	Commands []feature    `json:"commands"`
}

// feature is whether a command works here.
type feature struct {
	Command   string      `json:"command"`
	Supported admin.Level `json:"supported"`
	Reason    string      `json:"reason,omitempty"`
	Nearest   string      `json:"nearest,omitempty"` // what works here
}

// featureOf weighs what a command calls.
func featureOf(c *commands.Command, needs featuresNeeds, support admin.Support) feature {
	f := feature{Command: c.Name}
	if !c.OfferedBy(needs.API) {
		f.Supported, f.Reason, f.Nearest = admin.Lacking, "not with this kind of homeserver", c.Nearest
		return f
	}
	var reasons []string
	var reading, changing tally
	for _, method := range needs.Registry.Calls(c.Name) {
		verdict, known := support.Methods[method]
		switch {
		case !known:
			continue
		case verdict.Changes:
			changing.add(verdict.Level)
		default:
			reading.add(verdict.Level)
		}
		if verdict.Reason != "" && !slices.Contains(reasons, verdict.Reason) {
			reasons = append(reasons, verdict.Reason)
		}
	}
	f.Reason = strings.Join(reasons, "; ")
	f.Supported = level(changing, reading)
	return f
}

// level is how much is left of a command. One that cannot change what it is there for is of no use, whatever it can read.
func level(changing, reading tally) admin.Level {
	decides := changing
	if changing.all == 0 {
		decides = reading
	}
	switch {
	case decides.all > 0 && decides.lacking == decides.all:
		return admin.Lacking
	case changing.bad+reading.bad > 0:
		return admin.Partly
	}
	return admin.Full
}

// tally counts methods: those that are not fully there are bad, some of them lacking.
type tally struct{ all, bad, lacking int }

func (t *tally) add(l admin.Level) {
	t.all++
	if l != admin.Full {
		t.bad++
	}
	if l == admin.Lacking {
		t.lacking++
	}
}

// View lists what is missing, and then everything in a table.
func (f features) View() render.Doc {
	table := render.Table{Columns: []render.Column{{Name: "command"}, {Name: "supported"}}}
	missing := render.List{}
	for _, c := range f.Commands {
		if c.Supported != admin.Full {
			missing = append(missing, c.line())
		}
		table.Rows = append(table.Rows, []render.Inline{render.Text(c.Command), render.Text(c.Supported.String())})
	}
	doc := render.Doc{render.Para{
		render.Text(f.Server.Software + " "), render.Outside(f.Server.Version),
		render.Text(fmt.Sprintf(": %d of %d commands work here.", len(f.Commands)-len(missing), len(f.Commands))),
	}}
	if f.Accounts == mas {
		doc = append(doc, render.Para{render.Text("Matrix Authentication Service keeps the accounts.")})
	}
	if len(missing) > 0 {
		doc = append(doc, missing)
	}
	return append(doc, table)
}

// line says what is missing of a command, and what works.
func (f feature) line() render.Para {
	how := ": "
	if f.Supported == admin.Partly {
		how = ", partly: "
	}
	line := render.Para{render.Bold{render.Text(f.Command)}, render.Text(how + f.Reason)}
	if f.Nearest != "" {
		line = append(line, render.Text("; try "), render.Command(f.Nearest))
	}
	return line
}
