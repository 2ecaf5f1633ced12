package main

import (
	"context"
	"net/http"
	"slices"

	"maunium.net/go/mautrix/id"

	"caretaker/appservice"
	"caretaker/commands"
	"caretaker/config"
	"caretaker/diagnostics"
)

// diagnose makes the checks of "check".
type diagnose struct {
	deployment *deployment
	invalid    *config.Invalid // what is wrong with the configuration, nil where nothing is
	rooms      func(ctx context.Context) ([]id.RoomID, error)
	listening  bool
}

// Diagnose implements [commands.Diagnostics].
func (d diagnose) Diagnose(ctx context.Context) (commands.Result, error) {
	cfg := d.deployment.cfg
	opts := diagnostics.Options{
		Config: cfg, HTTP: &http.Client{Transport: d.deployment.transport}, Registration: d.deployment.reg,
		AdminToken: d.deployment.token.get, ManagementRooms: d.rooms, Listening: d.listening,
	}
	if d.invalid != nil {
		for _, problem := range d.invalid.Problems {
			opts.ConfigProblems = append(opts.ConfigProblems, problem.String())
		}
	}
	if err := d.deployment.regErr; err != nil {
		opts.RegistrationProblems = append(opts.RegistrationProblems, err.Error())
	}
	if d.deployment.reg != nil {
		for _, problem := range appservice.Validate(d.deployment.reg, cfg.BotID()) {
			opts.RegistrationProblems = append(opts.RegistrationProblems, problem.String())
		}
		for _, problem := range appservice.CheckFile(cfg.RegistrationFile()) {
			opts.RegistrationProblems = append(opts.RegistrationProblems, problem.String())
		}
	}
	return diagnosis{diagnostics.Run(ctx, opts)}, nil
}

// diagnosis is a report that fails the command when a check failed.
type diagnosis struct{ diagnostics.Report }

// Status implements [commands.Graded].
func (d diagnosis) Status() commands.Status {
	if d.OK {
		return commands.StatusOK
	}
	return commands.StatusFailed
}

// checks reports whether the command is one that needs the diagnostics.
func checks(command *commands.Command) bool {
	return command.Supported(commands.Services{diagnose{}}) && !command.Supported(nil)
}

// loadForCheck reads the configuration as a daemon's, whatever is wrong with it: the
// checks show the problems beside what they find out. Without the homeserver's address
// there is nothing to find out.
func (t *terminal) loadForCheck() error {
	path, err := config.Find(t.config)
	if err != nil {
		return configProblem(err)
	}
	cfg, invalid, err := config.Inspect(path, config.ForDaemon)
	switch {
	case err != nil:
		return configProblem(err)
	case !cfg.HasDaemon() && t.cfgErr != nil: // it is no terminal's either
		return configProblem(t.cfgErr)
	case !cfg.HasDaemon():
		return &commands.UsageError{Message: "this configuration is for a terminal only and has nothing to check; write a daemon's with init", Hint: "help"}
	case invalid != nil && slices.ContainsFunc(invalid.Problems, func(p config.Problem) bool { return p.Key == "" || p.Key == "homeserver" || p.Key == "homeserver.url" }):
		return configError{invalid}
	}
	t.use(cfg)
	t.invalid = invalid
	return nil
}
