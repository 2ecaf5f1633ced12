// Package diagnostics finds out why caretaker does not work: [Run] tries
// homeserver, registration, admin right, listener, database and rooms for real,
// and every check that fails says what is wrong and what to do about it.
//
// It changes nothing. The one request that is not a read is a server notice
// that the homeserver must refuse, since its refusal tells whether notices are on.
package diagnostics

import (
	"context"
	"net/http"
	"strings"
	"time"

	mxas "maunium.net/go/mautrix/appservice"
	"maunium.net/go/mautrix/id"

	"caretaker/config"
)

// The time that checks may take, all together and each. They run side by side.
const (
	totalTime = 10 * time.Second
	checkTime = 8 * time.Second
)

// Options are what [Run] looks at. Config is required.
type Options struct {
	Config *config.Config
	// HTTP gives the transport of requests, nil for one of our own. Redirects are never followed.
	HTTP *http.Client
	// ConfigProblems are what is wrong with Config, one sentence with remedy each. The checks do what they can with the
	// rest of it.
	ConfigProblems []string
	// Registration is the registration file's content, nil if it could not be read.
	Registration *mxas.Registration
	// RegistrationProblems are what is wrong with the file itself, one sentence with remedy each.
	RegistrationProblems []string
	// AdminToken gives the token of a server admin; an empty one means that there is none. nil: the configured
	// one, else the file admin.token.
	AdminToken func(ctx context.Context) (string, error)
	// ManagementRooms gives the rooms that the bot knows as such beside the configured ones. May be nil.
	ManagementRooms func(ctx context.Context) ([]id.RoomID, error)
	// Listening tells that appservice.listen is served by this very process.
	Listening bool
	// Now is the clock, time.Now if nil.
	Now func() time.Time
}

// Check is the result of one check.
type Check struct {
	Name    string         `json:"name"`  // stable, for programs
	Label   string         `json:"label"` // for people
	OK      bool           `json:"ok"`
	Detail  string         `json:"detail"` // what was found; of a failed check: one line per fault with its remedy, then lines to paste
	Metrics map[string]any `json:"metrics,omitempty"`

	paste string // the end of Detail that is to be pasted
}

// Report is the result of all checks, in a fixed order. A check "configuration" comes first, only where it fails.
type Report struct {
	OK     bool    `json:"ok"`
	Checks []Check `json:"checks"`
}

// finding is what a check found out.
type finding struct {
	ok      bool
	detail  string // one line per fault
	paste   string // lines to paste, may be empty
	metrics map[string]any
}

func good(detail string) finding { return finding{ok: true, detail: detail} }

// bad is a fault with its remedy. The remedy's lines after the first are to be pasted.
func bad(fact, remedy string) finding {
	what, paste, _ := strings.Cut(remedy, "\n")
	return finding{detail: fact + "; " + what, paste: paste}
}

// faults is several of them, each with its remedy.
func faults(lines []string) finding { return finding{detail: strings.Join(lines, "\n")} }

// untried is a check that could not be made because of a fault that another check names.
func untried(check string) finding {
	return finding{detail: "cannot be tried as long as the check " + check + " fails; see there"}
}

// checks are all checks, in the order of the report: from the outside in.
var checks = []struct {
	name, label string
	run         func(*inspection, context.Context) finding
}{
	{"homeserver", "Homeserver", (*inspection).homeserver},
	{"versions", "Versions", (*inspection).versions},
	{"auth", "Authentication", (*inspection).auth},
	{"registration", "Registration", (*inspection).registration},
	{"appservice_ping", "Ping", (*inspection).ping},
	{"bot_account", "Bot account", (*inspection).botAccount},
	{"admin_right", "Admin right", (*inspection).adminRight},
	{"admin_api", "Admin API", (*inspection).adminAPI},
	{"server_notices", "Server notices", (*inspection).serverNotices},
	{"listener", "Listener", (*inspection).listener},
	{"database", "Database", (*inspection).database},
	{"disk", "Disk", (*inspection).disk},
	{"clock", "Clock", (*inspection).clock},
	{"management_rooms", "Management rooms", (*inspection).managementRooms},
	{"permissions", "Permissions", (*inspection).permissions},
}

// Run makes all checks side by side and answers within ten seconds, whatever hangs.
func Run(ctx context.Context, opts Options) Report {
	ctx, cancel := context.WithTimeout(ctx, totalTime)
	defer cancel()
	in := inspect(ctx, opts)
	defer in.close()

	results := make([]chan finding, len(checks))
	for i, check := range checks {
		results[i] = make(chan finding, 1)
		go func() {
			ctx, cancel := context.WithTimeout(ctx, checkTime)
			defer cancel()
			results[i] <- check.run(in, ctx)
		}()
	}
	report := Report{OK: true}
	if problems := opts.ConfigProblems; len(problems) > 0 {
		report.OK = false
		report.Checks = append(report.Checks, in.result("configuration", "Configuration", faults(problems)))
	}
	for i, check := range checks {
		found := await(ctx, results[i])
		report.OK = report.OK && found.ok
		report.Checks = append(report.Checks, in.result(check.name, check.label, found))
	}
	return report
}

// result puts what was found into its outward form, without any secret that a server or an error may have repeated.
func (in *inspection) result(name, label string, found finding) Check {
	detail, paste := in.mask(found.detail), in.mask(found.paste)
	if paste != "" {
		detail += "\n" + paste
	}
	return Check{Name: name, Label: label, OK: found.ok, Detail: detail, Metrics: found.metrics, paste: paste}
}

// await takes a check's result, or gives up on it: a disk that hangs does not listen to contexts.
func await(ctx context.Context, result <-chan finding) finding {
	select {
	case found := <-result:
		return found
	case <-ctx.Done():
	}
	select {
	case found := <-result:
		return found
	default:
		return bad("gave no result in time", "try again; if it stays so, look at the load of this machine and its disk")
	}
}
