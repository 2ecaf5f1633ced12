package synapse

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// delegationLife is how long it is believed who keeps the accounts. A server changes that only when it is restarted.
const delegationLife = 5 * time.Minute

// delegation remembers whether Matrix Authentication Service (MAS) keeps the accounts.
type delegation struct {
	mu      sync.Mutex // guards the others, and that only one asks
	asked   time.Time  // when it was last found out, zero: never
	assumed bool       // is is never asked for
	is      bool
}

// Delegated reports whether Matrix Authentication Service keeps the accounts of this server, and not the server itself.
// The server's metadata say so (client API, GET v1/auth_metadata).
func (a *API) Delegated(ctx context.Context) (bool, error) {
	return a.delegated(ctx, request{verb: "find out", subject: "who keeps the accounts"})
}

// delegated finds it out on behalf of a request, which an error is about.
func (a *API) delegated(ctx context.Context, behalf request) (bool, error) {
	d := &a.delegation
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.assumed || !d.asked.IsZero() && a.now().Sub(d.asked) < delegationLife {
		return d.is, nil
	}
	is, err := a.askDelegated(ctx, behalf)
	if err == nil {
		d.asked, d.is = a.now(), is
	}
	return is, err
}

// authMetadata are the endpoints that say who keeps the accounts, the newer one first.
var authMetadata = []operation{"GET client/v1/auth_metadata", "GET client/unstable/org.matrix.msc2965/auth_metadata"}

func (a *API) askDelegated(ctx context.Context, behalf request) (bool, error) {
	for _, op := range authMetadata {
		r := request{op: op, open: true, verb: behalf.verb, subject: behalf.subject}
		x, err := a.perform(ctx, r)
		switch {
		case err != nil:
			return false, err
		case x.ok():
			var metadata struct {
				// Others than MAS give out tokens, too; this key is its own.
				GraphQL string `json:"org.matrix.matrix-authentication-service.graphql_endpoint"`
			}
			_ = json.Unmarshal(x.body, &metadata) // what is no metadata has no such key
			return metadata.GraphQL != "", nil
		case x.status == 0, x.status >= http.StatusInternalServerError, x.status == http.StatusTooManyRequests:
			return false, a.explain(r, x)
		}
	}
	return false, nil
}

// loss is an operation that Synapse does not have under MAS, or one that has no effect there: Synapse stores the value
// and asks MAS.
type loss struct {
	op      operation
	field   string // of the body, with its value if that matters: "locked=true"; empty: whatever is in the body
	instead string // MAS's own way, with {user} for the localpart; empty: there is none
	nearest string // our command that comes closest, with {user}; may be empty
}

// The ways of MAS that several operations share.
const (
	promote     = "mas-cli manage promote-admin {user}"
	demote      = "mas-cli manage demote-admin {user}"
	setPassword = "mas-cli manage set-password {user}"
	register    = "mas-cli manage register-user"
	tokens      = "its admin API (user-registration-tokens)"
	links       = "its admin API (upstream-oauth-links)"
	suspend     = "user suspend {user}"
)

// losses was measured on Synapse 1.163.2 with MAS 1.22.0.
var losses = []loss{
	{"GET v1/users/{user}/admin", "", "mas-cli manage list-admin-users", ""},
	{"PUT v1/users/{user}/admin", "admin=false", demote, ""},
	{"PUT v1/users/{user}/admin", "", promote, ""},
	{"POST v1/users/{user}/login", "", "its admin API (personal-sessions)", ""},
	{"GET v1/register", "", register, ""},
	{"POST v1/register", "", register, ""},
	{"POST v1/reset_password/{user}", "", setPassword, ""},
	{"POST v1/account_validity/validity", "", "", ""},
	{"GET v1/registration_tokens", "", tokens, ""},
	{"POST v1/registration_tokens/new", "", "mas-cli manage issue-user-registration-token", ""},
	{"GET v1/registration_tokens/{token}", "", tokens, ""},
	{"PUT v1/registration_tokens/{token}", "", tokens, ""},
	{"DELETE v1/registration_tokens/{token}", "", tokens, ""},
	{"GET v1/auth_providers/{provider}/users/{external_id}", "", links, ""},
	{"PUT v2/users/{user}", "password", setPassword, ""},
	{"PUT v2/users/{user}", "admin=false", demote, ""},
	{"PUT v2/users/{user}", "admin", promote, ""},
	{"PUT v2/users/{user}", "locked=false", "mas-cli manage unlock-user {user}", ""},
	{"PUT v2/users/{user}", "locked", "mas-cli manage lock-user {user}", suspend},
	{"PUT v2/users/{user}", "deactivated=false", "mas-cli manage unlock-user --reactivate {user}", ""},
	{"PUT v2/users/{user}", "deactivated", "mas-cli manage lock-user --deactivate {user}", suspend},
	{"PUT v2/users/{user}", "threepids", "mas-cli manage add-email {user}", ""},
	{"PUT v2/users/{user}", "external_ids", links, ""},
	{"POST v1/deactivate/{user}", "", "mas-cli manage lock-user --deactivate {user}", suspend},
	{"POST v1/users/{user}/shadow_ban", "", "", suspend},
	{"DELETE v1/users/{user}/shadow_ban", "", "", ""},
}

// refuseLost refuses what would have no effect because MAS keeps the accounts, before anything is sent.
func (a *API) refuseLost(ctx context.Context, r request) error {
	hit, listed := lossOf(r, r.fields())
	if !listed {
		return nil
	}
	delegated, err := a.delegated(ctx, r)
	switch {
	case err != nil && r.reads():
		return nil // the answer will tell
	case err != nil:
		return err
	case delegated && hit != nil:
		return hit.refusal(r)
	case delegated && r.op == "PUT v2/users/{user}":
		return a.refuseCreation(ctx, r)
	}
	return nil
}

// refuseCreation refuses to modify an account that does not exist, by which Synapse would make it if it were in charge.
func (a *API) refuseCreation(ctx context.Context, r request) error {
	if _, err := a.User(ctx, id.UserID(r.parts[0])); !admin.IsNotFound(err) {
		return nil
	}
	return loss{instead: register}.refusal(r)
}

// lossOf finds what is lost of a request; listed tells whether anything can be lost of its operation.
func lossOf(r request, fields []string) (hit *loss, listed bool) {
	for i, l := range losses {
		if !l.op.covers(r) {
			continue
		}
		listed = true
		if l.field == "" || slices.Contains(fields, l.field) {
			return &losses[i], true
		}
	}
	return nil, listed
}

// refusal says what cannot be done and who can.
func (l loss) refusal(r request) error {
	user := r.user()
	named := strings.NewReplacer("{user}", user)
	refused := fail(r, admin.CodeUnsupported, nil, "Matrix Authentication Service keeps the accounts and has nothing like it")
	if l.instead != "" {
		refused = fail(r, admin.CodeUnsupported, nil, "Matrix Authentication Service keeps the accounts; use %s", named.Replace(l.instead))
	}
	if l.nearest != "" {
		refused.Hint = named.Replace(l.nearest)
	}
	return refused
}

const longestUser = 40 // characters of a localpart in a message

// user is the localpart of the account that the path names, for use in a command line; USER where it cannot be used.
func (r request) user() string {
	parts := r.parts
	if r.raw != notRaw {
		parts = admin.Endpoint{Path: r.op.path()}.Parts()
	}
	for _, part := range parts {
		if !strings.HasPrefix(part, "@") {
			continue
		}
		if localpart := id.UserID(part).Localpart(); localpart != "" && len(localpart) <= longestUser && isPlain(localpart) {
			return localpart
		}
	}
	return "USER"
}

// covers reports whether a request is of this operation, also one that somebody made up.
func (o operation) covers(r request) bool {
	if r.raw == notRaw {
		return o == r.op
	}
	if r.raw == rawMatrix || o.method() != r.op.method() {
		return false
	}
	names, parts := strings.Split(o.path(), "/"), strings.Split(r.op.path(), "/")
	return slices.EqualFunc(names, parts, func(name, part string) bool { return strings.HasPrefix(name, "{") || name == part })
}

// fields are the keys of the body, each alone and with its value: "locked", "locked=true".
func (r request) fields() []string {
	encoded, err := json.Marshal(r.body)
	if err != nil {
		return nil // build says so
	}
	return fieldsOf(encoded)
}

func fieldsOf(body []byte) []string {
	var object map[string]json.RawMessage
	_ = json.Unmarshal(body, &object) // what is no object has no fields
	fields := make([]string, 0, 2*len(object))
	for key, value := range object {
		fields = append(fields, key, key+"="+string(value))
	}
	return fields
}
