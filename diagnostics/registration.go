package diagnostics

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"maunium.net/go/mautrix/id"
)

// connections is how many new connections are tried with the as_token: enough to meet a worker that was not restarted.
const connections = 10

// registration judges the file and finds out whether every process of the homeserver knows it.
func (in *inspection) registration(ctx context.Context) finding {
	if found := in.registrationFaults(); len(found) > 0 {
		return faults(found)
	}
	if !in.connected() {
		return untried("homeserver")
	}
	return in.everyProcess(in.whoamiOften(ctx))
}

// registrationFaults is what is wrong with the file itself.
func (in *inspection) registrationFaults() []string {
	found := slices.Clone(in.opts.RegistrationProblems)
	reg := in.opts.Registration
	if reg == nil {
		if len(found) == 0 {
			found = append(found, "there is no registration file; write one with \"caretaker init\"")
		}
		return found
	}
	if a := in.config.Appservice; strings.TrimRight(reg.URL, "/") != strings.TrimRight(a.URL, "/") {
		found = append(found, fmt.Sprintf("url: is %q, but appservice.url is %q; correct one of the two, and if it is the registration, install it again", clean(reg.URL), a.URL))
	}
	return found
}

func (in *inspection) whoamiOften(ctx context.Context) []answer {
	answers := make([]answer, connections)
	answers[0] = in.sender()
	var all sync.WaitGroup
	for i := 1; i < len(answers); i++ {
		all.Go(func() { answers[i] = in.whoami(ctx, in.asToken(), "") })
	}
	all.Wait()
	return answers
}

// everyProcess judges the answers of many connections.
func (in *inspection) everyProcess(answers []answer) finding {
	var known, unknown int
	var other answer
	for _, got := range answers {
		switch {
		case got.ok():
			known++
		case got.unknownToken():
			unknown++
		default:
			other = got
		}
	}
	switch {
	case known == len(answers):
		return good(fmt.Sprintf("the homeserver knows it, on %d of %d connections", known, len(answers)))
	case unknown == len(answers):
		return bad("the homeserver does not know the as_token of the registration file",
			"install the file on the homeserver, name it in the homeserver's configuration and restart every homeserver process:\n"+in.installLine())
	case unknown > 0:
		return bad(fmt.Sprintf("%d of %d connections met a homeserver process that does not know the registration", unknown, len(answers)),
			"restart every homeserver process, workers included; each reads the file at its start only")
	case other.err != nil:
		return unreachable(other.err, "homeserver.url", in.config.Homeserver.URL)
	case other.foreign():
		return bad(fmt.Sprintf("a proxy answers instead of the homeserver (status %d)", other.status), "have it forward all of /_matrix to the homeserver")
	}
	return bad(fmt.Sprintf("the homeserver refuses the as_token with status %d %s", other.status, clean(other.errcode)), "see the homeserver's log")
}

// installLine is the line of the homeserver's configuration that names the registration.
func (in *inspection) installLine() string {
	if in.kind().dendrite() {
		return "app_service_api:\n  config_files: [" + in.config.RegistrationFile() + "]"
	}
	return "app_service_config_files: [" + in.config.RegistrationFile() + "]"
}

// botAccount finds out whether the bot exists and the registration may act as it.
func (in *inspection) botAccount(ctx context.Context) finding {
	switch {
	case !in.connected():
		return untried("homeserver")
	case !in.known():
		return untried("registration")
	}
	bot := in.config.BotID()
	got := in.bot()
	switch {
	case got.ok():
		return in.usable(ctx)
	case got.err != nil:
		return unreachable(got.err, "homeserver.url", in.config.Homeserver.URL)
	case got.errcode == "M_USER_DEACTIVATED":
		return in.crippled("deactivated")
	case got.errcode == "M_USER_LOCKED":
		return in.crippled("locked")
	case got.status != http.StatusForbidden:
		return bad(fmt.Sprintf("the homeserver refuses to let the registration act as %s, with status %d %s", bot, got.status, clean(got.errcode)), "see the homeserver's log")
	case in.realName() != in.config.Homeserver.ServerName:
		return untried("homeserver")
	case in.exists(ctx, bot):
		return bad(fmt.Sprintf("%s exists, but the registration that is installed on the homeserver is not for it", bot), installRemedy)
	}
	return bad(bot.String()+" does not exist yet", "start the daemon, it registers its account:\ncaretaker run")
}

// usable asks the admin API, where that can be had, whether the account is fit for work: the as_token alone does not show it.
func (in *inspection) usable(ctx context.Context) finding {
	bot := in.config.BotID()
	var account struct {
		Deactivated bool `json:"deactivated"`
		Locked      bool `json:"locked"`
		Suspended   bool `json:"suspended"`
	}
	if in.right().ok() && !in.kind().dendrite() {
		in.account(ctx, bot).into(&account)
	}
	switch {
	case account.Deactivated:
		return in.crippled("deactivated")
	case account.Locked:
		return in.crippled("locked")
	case account.Suspended:
		return in.crippled("suspended")
	}
	return good(bot.String() + " exists")
}

// crippled says how another admin undoes what was done to the bot.
func (in *inspection) crippled(state string) finding {
	bot := in.config.BotID()
	undo := map[string][2]string{
		"deactivated": {"/v2/users/", `{"deactivated": false}`},
		"locked":      {"/v2/users/", `{"locked": false}`},
		"suspended":   {"/v1/suspend/", `{"suspend": false}`},
	}[state]
	return bad(bot.String()+" is "+state, "undo that with the token of a server admin in $TOKEN:\n"+
		in.curl(undo[0]+url.PathEscape(bot.String()), undo[1]))
}

// exists tells whether a local user has a profile; what cannot be found out counts as no.
func (in *inspection) exists(ctx context.Context, user id.UserID) bool {
	return in.profile(ctx, user).ok()
}

func (in *inspection) profile(ctx context.Context, user id.UserID) answer {
	return in.client(ctx, "/_matrix/client/v3/profile/"+url.PathEscape(user.String()), in.asToken(), nil)
}

// urlPort is the port of an address, also where it is implied.
func urlPort(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if port := u.Port(); port != "" {
		return port
	}
	port, _ := net.LookupPort("tcp", u.Scheme)
	return fmt.Sprint(port)
}
