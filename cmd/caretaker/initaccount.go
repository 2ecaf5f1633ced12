package main

import (
	"context"
	"fmt"
	"strings"

	"caretaker/admin"
	"caretaker/appservice"
	"caretaker/config"
)

// spareOthers keeps init from taking somebody's account for the bot's: it would become a server admin's, and the
// registration would claim it. It is asked before anything is written. What cannot be found out here is found out again
// when the account is promoted.
func (p *initPlan) spareOthers(ctx context.Context, std stdio) error {
	if p.adminToken.IsZero() || p.opts.force || p.hasWorkingToken(ctx) {
		return nil
	}
	signs, err := p.signsOfUse(ctx)
	if err != nil || len(signs) == 0 {
		return nil //nolint:nilerr // see above
	}
	if std.Terminal {
		std.note("%s", taken{p.opts, signs})
		answer, err := newAsker(std).ask("Is it the bot's all the same, and shall it be a server admin? yes or no", "no")
		if err != nil {
			return err
		}
		if answer = strings.ToLower(answer); answer == "y" || answer == "yes" {
			p.agreed = true
			return nil
		}
	}
	return taken{p.opts, signs}
}

// taken is the error of an account that does not look like the bot's.
type taken struct {
	opts  initOptions
	signs []string
}

func (t taken) Error() string {
	return fmt.Sprintf("%s is in use already (%s) and would become the bot's and a server admin; name another --localpart, or add --force if it is the bot's",
		t.opts.botID(), strings.Join(t.signs, ", "))
}

// hint is the same call with a name that is more likely to be free.
func (t taken) hint() string {
	other := t.opts
	other.localpart = config.Default().Bot.Localpart
	if t.opts.localpart == other.localpart {
		other.localpart += "-bot"
	}
	line := "caretaker init " + other.repeated()
	if !strings.Contains(line, "--localpart") {
		line += " --localpart " + other.localpart
	}
	if t.opts.adminToken != "" {
		line += " --admin-token-file " + shellWord(t.opts.adminToken)
	}
	return line
}

// signsOfUse are what tells that the account with the bot's name is not the bot's, none where it does not exist or was
// made for a bot and never used.
func (p *initPlan) signsOfUse(ctx context.Context) ([]string, error) {
	answer, err := p.api(p.adminToken).User(ctx, p.opts.botID())
	if admin.IsNotFound(err) {
		return nil, nil
	}
	return signsOfUse(answer.Value, p.opts), err
}

func signsOfUse(user admin.User, opts initOptions) []string {
	var signs []string
	add := func(there bool, format string, args ...any) {
		if there {
			signs = append(signs, fmt.Sprintf(format, args...))
		}
	}
	switch {
	case user.AppserviceID == appservice.RegistrationID(opts.botID()), user.Displayname == config.Default().Bot.DisplayName:
		return nil // the daemon has given it its name
	case user.AppserviceID != "":
		return []string{"it belongs to the application service " + user.AppserviceID}
	}
	add(user.Displayname != "" && user.Displayname != opts.localpart, "display name %q", user.Displayname)
	add(user.LastSeenTS > 0, "last seen %s", user.LastSeen().Format("2006-01-02"))
	add(user.AvatarURL != "", "an avatar")
	add(len(user.Threepids) > 0, "an address")
	add(len(user.ExternalIDs) > 0, "a login elsewhere")
	return signs
}
