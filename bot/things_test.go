package bot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	botcommands "caretaker/commands/bot"
	"caretaker/render"
)

// things is the service that the commands of these tests act on.
type things struct {
	mu      sync.Mutex // guards everything below
	log     []string   // what was done, in order
	gates   map[string]chan struct{}
	errs    map[string]error
	aliases map[id.RoomAlias]id.RoomID
	polls   int // how often long work asks to be called again
	panics  bool
}

func newThings() *things {
	return &things{gates: map[string]chan struct{}{}, errs: map[string]error{}, aliases: map[id.RoomAlias]id.RoomID{}}
}

// do does something, after its gate was opened.
func (a *things) do(ctx context.Context, what string) error {
	a.mu.Lock()
	a.log = append(a.log, what)
	gate, err, panics := a.gates[what], a.errs[what], a.panics
	a.mu.Unlock()
	if panics {
		panic("things fall apart")
	}
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return &admin.Error{Code: admin.CodeUnavailable, Message: "the server gave no answer", Sent: true, Cause: ctx.Err()}
		}
	}
	return err
}

// ResolveAlias looks an alias up.
func (a *things) ResolveAlias(_ context.Context, alias id.RoomAlias) (admin.Answer[admin.ResolvedAlias], error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	room, ok := a.aliases[alias]
	if !ok {
		return admin.Answer[admin.ResolvedAlias]{}, admin.NotFound("there is no alias %s", alias)
	}
	return admin.Answer[admin.ResolvedAlias]{Value: admin.ResolvedAlias{RoomID: room}}, nil
}

// hold keeps what is done next waiting until release is called.
func (a *things) hold(what string) (release func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	gate := make(chan struct{})
	a.gates[what] = gate
	return func() { close(gate) }
}

func (a *things) fail(what string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.errs[what] = err
}

func (a *things) setPanics(on bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.panics = on
}

func (a *things) point(alias id.RoomAlias, room id.RoomID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.aliases[alias] = room
}

// done lists what was done and begins with the given words.
func (a *things) done(prefix string) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(a.log), func(what string) bool { return !strings.HasPrefix(what, prefix) })
}

type doer interface {
	do(ctx context.Context, what string) error
}

// said is a result of a few words.
type said struct {
	Text string `json:"text"`
}

// View implements [commands.Result].
func (s said) View() render.Doc { return render.Doc{render.Para{render.Text(s.Text)}} }

type showArgs struct {
	Name string `arg:"[NAME]" help:"Which."`
}

// Run looks.
func (a *showArgs) Run(ctx context.Context, _ *commands.Env, api doer) (commands.Result, error) {
	return said{"shown " + a.Name}, api.do(ctx, strings.TrimSpace("show "+a.Name))
}

type peekArgs struct{}

// Run looks at something private.
func (a *peekArgs) Run(ctx context.Context, _ *commands.Env, api doer) (commands.Result, error) {
	return said{"peeked"}, api.do(ctx, "peek")
}

type listArgs struct {
	commands.Page
	Total int    `default:"60" help:"How many there are."`
	Name  string `value:"TEXT" help:"What is in each row."`
}

// Run lists numbers.
func (a *listArgs) Run(ctx context.Context, _ *commands.Env, api doer) (commands.Result, error) {
	l := numbers{name: a.Name}
	for i := a.From; i < min(a.From+a.Limit, a.Total); i++ {
		l.Numbers = append(l.Numbers, i)
	}
	if a.From+a.Limit < a.Total {
		l.Next = fmt.Sprint(a.From + a.Limit)
	}
	return l, api.do(ctx, "list")
}

type numbers struct {
	Numbers []int  `json:"numbers"`
	Next    string `json:"next_token,omitempty"`
	name    string
}

// View implements [commands.Result].
func (n numbers) View() render.Doc {
	table := render.Table{Columns: []render.Column{{Name: "Number"}, {Name: "Name"}}}
	for _, i := range n.Numbers {
		table.Rows = append(table.Rows, []render.Inline{render.Text(fmt.Sprintf("row %d", i)), render.Text(n.name)})
	}
	return render.Doc{table}
}

// NextFrom implements [commands.Paged].
func (n numbers) NextFrom() string { return n.Next }

// MarshalJSON repeats the name for long answers.
func (n numbers) MarshalJSON() ([]byte, error) {
	names := make([]string, len(n.Numbers))
	for i := range names {
		names[i] = n.name
	}
	return json.Marshal(map[string]any{"numbers": n.Numbers, "names": names, "next_token": n.Next})
}

type setArgs struct {
	Name string           `arg:"NAME" help:"Which."`
	User commands.UserRef `help:"Whose."`
	Text commands.Text    `arg:"[TEXT]" body:"true" help:"To what."`
}

// Run changes something that can be changed back.
func (a *setArgs) Run(ctx context.Context, _ *commands.Env, api doer) (commands.Result, error) {
	what := strings.TrimSpace("set " + a.Name + " " + string(a.Text))
	if a.User.UserID != "" {
		what += " of " + string(a.User.UserID)
	}
	return said{what}, api.do(ctx, what)
}

type dropArgs struct {
	Room commands.RoomRef `arg:"ROOM" protect:"management" help:"Which."`
}

// Preview tells what is at stake.
func (a *dropArgs) Preview(context.Context, *commands.Env, doer) (commands.Result, error) {
	return said{"This would drop " + string(a.Room.RoomID)}, nil
}

// Run destroys.
func (a *dropArgs) Run(ctx context.Context, _ *commands.Env, api doer) (commands.Result, error) {
	return said{"dropped " + string(a.Room.RoomID)}, api.do(ctx, "drop "+string(a.Room.RoomID))
}

type wipeArgs struct{}

// Preview tells what is at stake.
func (a *wipeArgs) Preview(context.Context, *commands.Env, doer) (commands.Result, error) {
	return said{"This would wipe everything"}, nil
}

// Run destroys everything.
func (a *wipeArgs) Run(ctx context.Context, _ *commands.Env, api doer) (commands.Result, error) {
	return said{"wiped"}, api.do(ctx, "wipe")
}

type keyArgs struct {
	Name string `arg:"NAME" help:"Which."`
}

// Run makes a secret.
func (a *keyArgs) Run(ctx context.Context, _ *commands.Env, api doer) (commands.Result, error) {
	return key{said{"made a key for " + a.Name}}, api.do(ctx, "key "+a.Name)
}

type key struct{ said }

const madeSecret = "canary-made-5ee7"

// SecretView implements [commands.Secretive].
func (key) SecretView() render.Doc {
	return render.Doc{render.Para{render.Text("The key is " + madeSecret)}}
}

type enterArgs struct {
	Name     string          `arg:"NAME" help:"Which."`
	Password commands.Secret `short:"p" help:"Its password."`
}

// Run takes a secret.
func (a *enterArgs) Run(ctx context.Context, _ *commands.Env, api doer) (commands.Result, error) {
	return said{"entered"}, api.do(ctx, "enter "+a.Name)
}

type grindArgs struct {
	Name string `arg:"NAME" help:"Which."`
}

// Plan names the one thing.
func (a *grindArgs) Plan(context.Context, *commands.Env, doer) iter.Seq2[commands.Item, error] {
	return commands.OneItem(a.Name)
}

// Do begins, then asks how far it is, as often as the service says.
func (a *grindArgs) Do(ctx context.Context, _ *commands.Env, api doer, item commands.Item) (commands.Result, error) {
	if item.State == "" {
		if err := api.do(ctx, "grind "+item.Target); err != nil {
			return nil, err
		}
		return said{"began with " + item.Target}, commands.Again(3*time.Second, "task-1")
	}
	if err := api.do(ctx, "poll "+item.State); err != nil {
		return nil, err
	}
	if more, ok := api.(*things); ok && more.another() {
		return said{"at it"}, commands.Again(3*time.Second, item.State)
	}
	return said{"ground " + item.Target}, nil
}

func (a *things) another() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.polls--
	return a.polls >= 0
}

// registry has a command of every kind, and those about the bot itself.
func registry() *commands.Registry {
	return commands.NewRegistry(botcommands.Group, commands.Group{Name: "thing", Summary: "Things.", Commands: []*commands.Command{
		commands.Define[showArgs, doer](commands.Meta{Name: "thing show", Summary: "Show.", Examples: []string{"thing show x"}}),
		commands.Define[peekArgs, doer](commands.Meta{Name: "thing peek", Summary: "Peek.", Role: commands.Operator, Examples: []string{"thing peek"}}),
		commands.Define[listArgs, doer](commands.Meta{Name: "thing list", Summary: "List.", Examples: []string{"thing list"}}),
		commands.Define[setArgs, doer](commands.Meta{Name: "thing set", Summary: "Set.", Risk: commands.Reversible, Examples: []string{"thing set x"}}),
		commands.Define[dropArgs, doer](commands.Meta{Name: "thing drop", Summary: "Drop.", Risk: commands.Destructive, Examples: []string{"thing drop !x:y"}}),
		commands.Define[wipeArgs, doer](commands.Meta{Name: "thing wipe", Summary: "Wipe.", Risk: commands.Catastrophic, Examples: []string{"thing wipe"}}),
		commands.Define[keyArgs, doer](commands.Meta{Name: "thing key", Summary: "Key.", Risk: commands.Reversible, Secret: true, Examples: []string{"thing key x"}}),
		commands.Define[enterArgs, doer](commands.Meta{Name: "thing enter", Summary: "Enter.", Risk: commands.Reversible, Examples: []string{"thing enter x"}}),
		commands.DefineWork[grindArgs, doer](commands.Meta{Name: "thing grind", Summary: "Grind.", Risk: commands.Reversible, Examples: []string{"thing grind x"}}),
	}})
}
