package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/all"
	"caretaker/config"
)

// terminal is one command typed in a shell, on its way from the arguments to the exit status.
type terminal struct {
	std      stdio
	registry *commands.Registry
	config   string // as given by -c
	cfg      *config.Config
	cfgErr   error
	invalid  *config.Invalid // of a configuration that is checked all the same
	deploy   *deployment
	database *database
	executor *commands.Executor
	call     *commands.Call
}

// runCommand runs a command of the registry.
func runCommand(ctx context.Context, args []string, std stdio) int {
	t := &terminal{std: std, registry: all.Registry(), config: configIn(args)}
	t.load()
	defer t.close()
	if len(args) == 0 {
		args = []string{"help"}
	}
	line := commands.Words(args)
	call, err := t.registry.Parse(line, t.env())
	t.call = call
	t.call.Env.Machine = t.format().Machine()
	switch {
	case call.Globals.Version:
		fmt.Fprintln(std.Out, "caretaker", version)
		return 0
	case err != nil:
		return t.failed(commands.OutcomeOf(nil, err))
	case call.Globals.Help:
		return t.show(commands.Outcome{Status: commands.StatusOK, Result: help{call.Command}})
	}
	return t.run(ctx)
}

// load reads the configuration. Help needs none, so its lack is an error only later.
func (t *terminal) load() {
	var path string
	if path, t.cfgErr = config.Find(t.config); t.cfgErr == nil {
		t.cfg, t.cfgErr = config.Load(path, config.ForTerminal)
	}
	if t.cfg == nil {
		t.cfg = config.Default()
	}
	t.use(t.cfg)
}

func (t *terminal) use(cfg *config.Config) {
	t.cfg = cfg
	t.deploy = newDeployment(cfg, cfg.Terminal.VerifyTLS)
	t.database = &database{cfg: t.cfg, daemon: t.deploy.hasDaemon()}
}

func (t *terminal) close() { t.database.close() }

// configIn finds -c among the arguments. A command's own -c would win, but none has one.
func configIn(args []string) string {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if value, ok := strings.CutPrefix(arg, "--config-file="); ok {
			return value
		}
		if (arg == "-c" || arg == "--config-file") && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

func (t *terminal) env() commands.Env {
	return commands.Env{
		Caller: commands.Caller{Name: actor(), Role: commands.Owner}, Door: commands.DoorTerminal,
		ServerName: t.cfg.Homeserver.ServerName, Bot: t.deploy.bot(), Prefix: "caretaker", Now: time.Now(), Zone: time.Local,
	}
}

// run takes the call through its checks and questions to its end.
func (t *terminal) run(ctx context.Context) int {
	if err := t.compose(ctx); err != nil {
		return t.failed(commands.OutcomeOf(nil, err))
	}
	if err := t.executor.Prepare(ctx, t.call); err != nil {
		return t.failed(commands.OutcomeOf(nil, err))
	}
	if err := t.askSecret(); err != nil {
		return t.failed(commands.OutcomeOf(nil, err))
	}
	if t.call.Asks() {
		switch yes, err := t.confirm(ctx); {
		case err != nil:
			return t.failed(commands.OutcomeOf(nil, err))
		case !yes:
			fmt.Fprintln(t.std.Err, "Nothing was changed.")
			return 1
		}
	}
	return t.end(t.follow(ctx, t.executor.Execute(ctx, t.call)))
}

// compose makes the services that this command needs, and no others: what only
// reads the homeserver never opens the database.
func (t *terminal) compose(ctx context.Context) error {
	if checks(t.call.Command) {
		if err := t.loadForCheck(); err != nil {
			return err
		}
	} else if t.cfgErr != nil && !t.call.Command.Supported(commands.Services{t.registry}) {
		return configProblem(t.cfgErr)
	}
	services := commands.Services{t.deploy.api(nil), t.registry, diagnose{deployment: t.deploy, invalid: t.invalid, rooms: t.knownRooms}}
	t.database.need(t.call, services)
	if err := t.database.open(ctx); err != nil {
		return err
	}
	bot := botOf{t.deploy.bot(), t.cfg.LockFile()}
	if db := t.database.store; db != nil {
		services = append(services, auditOf{db}, processOf{db, bot}, roomsOf{db, t.leaveRoom})
	} else {
		services = append(services, noDatabase{bot})
	}
	t.executor = &commands.Executor{
		Transport: t.deploy.transport, Journal: t.database, Guard: guard{t.deploy, t.database},
		Services: func(dry *admin.Recorder) commands.Services {
			if dry == nil {
				return services
			}
			return append(commands.Services{t.deploy.api(dry)}, readOnly(services[1:])...)
		},
	}
	return nil
}

// configProblem is a usage error when there is no configuration at all.
func configProblem(err error) error {
	if _, ok := errors.AsType[*config.NotFound](err); ok {
		return &commands.UsageError{Message: "there is no configuration yet: write a terminal's with config, or a daemon's with init", Hint: "config"}
	}
	return configError{err}
}

// configError is shown whole: all problems with their remedies.
type configError struct{ error }

// follow waits for the end of work that goes on in the homeserver, or leaves it to the daemon.
func (t *terminal) follow(ctx context.Context, out commands.Outcome) commands.Outcome {
	if out.Again == nil || out.Ref == "" {
		return out
	}
	if !t.call.Globals.Wait {
		number, err := t.database.addJob(ctx, t.call, out)
		if err != nil {
			fmt.Fprintf(t.std.Err, "caretaker: the work was started, but cannot be followed: %s\n", err)
		} else if number > 0 {
			fmt.Fprintf(t.std.Err, "job %d follows it\n", number)
		}
		return out
	}
	for out.Again != nil {
		select {
		case <-ctx.Done():
			fmt.Fprintln(t.std.Err, "caretaker: the work goes on in the homeserver")
			out.Status = commands.StatusInterrupted
			return out
		case <-time.After(out.Again.After):
		}
		ref := out.Ref
		out = t.executor.Continue(ctx, t.call, out.Item, nil)
		out.Ref = ref
	}
	return out
}

// end records the outcome and shows it.
func (t *terminal) end(out commands.Outcome) int {
	if errors.Is(out.Err, context.Canceled) {
		out.Status = commands.StatusInterrupted // also in the audit
	}
	if err := t.database.outcome(out); err != nil {
		fmt.Fprintf(t.std.Err, "caretaker: the outcome cannot be recorded in the audit: %s\n", err)
	}
	if out.Err != nil {
		return t.failed(out)
	}
	return t.show(out)
}

// knownRooms are the bot's management rooms as far as the database tells.
func (t *terminal) knownRooms(ctx context.Context) ([]id.RoomID, error) {
	return t.database.managementRooms(ctx)
}

// color reports whether escape sequences are welcome.
func (t *terminal) color() bool {
	file, ok := t.std.Out.(*os.File)
	return ok && term.IsTerminal(int(file.Fd())) && os.Getenv("NO_COLOR") == ""
}
