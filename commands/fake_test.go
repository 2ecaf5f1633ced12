package commands_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
)

// homeserver is a fake that records what is asked of it.
type homeserver struct {
	calls  []string
	admins []id.UserID
	err    error // of changes
	dry    *admin.Recorder
}

func (h *homeserver) User(_ context.Context, user id.UserID) (admin.Answer[admin.User], error) {
	h.calls = append(h.calls, "User "+user.String())
	if strings.HasPrefix(user.String(), "@nobody:") {
		return admin.Answer[admin.User]{}, admin.NotFound("there is no %s", user)
	}
	if strings.HasPrefix(user.String(), "@unread:") {
		return admin.Answer[admin.User]{}, admin.Unavailable("the homeserver does not answer")
	}
	answer := admin.Answer[admin.User]{Value: admin.User{UserID: user}}
	for _, is := range h.admins {
		answer.Value.Admin = answer.Value.Admin || is == user
	}
	return answer, nil
}

func (h *homeserver) ResolveAlias(_ context.Context, alias id.RoomAlias) (admin.Answer[admin.ResolvedAlias], error) {
	h.calls = append(h.calls, "ResolveAlias "+alias.String())
	if alias == "#nowhere:example.org" {
		return admin.Answer[admin.ResolvedAlias]{}, admin.NotFound("there is no room %s", alias)
	}
	room := id.RoomID("!" + strings.TrimPrefix(alias.String(), "#"))
	return admin.Answer[admin.ResolvedAlias]{Value: admin.ResolvedAlias{RoomID: room}}, nil
}

func (h *homeserver) Lock(ctx context.Context, user id.UserID) (admin.Answer[admin.Done], error) {
	return admin.Answer[admin.Done]{}, h.change(ctx, "Lock "+user.String(), `{"password": "`+password+`"}`)
}

func (h *homeserver) DeleteRoom(ctx context.Context, room id.RoomID) error {
	return h.change(ctx, "DeleteRoom "+room.String(), "")
}

// change is a request that changes something. In a dry run it ends at the recorder.
func (h *homeserver) change(ctx context.Context, name, body string) error {
	if h.dry == nil {
		h.calls = append(h.calls, name)
		return h.err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://localhost/"+strings.ReplaceAll(name, " ", "/"), strings.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := h.dry.RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return h.err
}

// journal is an audit in memory.
type journal struct {
	entries []commands.Entry
	err     error
	roles   map[id.UserID]commands.Role
}

func (j *journal) Intent(_ context.Context, entry commands.Entry) (string, error) {
	if j.err != nil {
		return "", j.err
	}
	j.entries = append(j.entries, entry)
	return "17", nil
}

func (j *journal) RoleOf(user id.UserID) commands.Role { return j.roles[user] }
func (*journal) LastOwner() id.UserID                  { return "@grace:example.org" }
func (*journal) ManagementRoom(room id.RoomID) bool    { return room == "!management:example.org" }

func executor(services commands.Services, j *journal) *commands.Executor {
	return &commands.Executor{
		Services: func(dry *admin.Recorder) commands.Services {
			if dry == nil {
				return services
			}
			return commands.Services{&homeserver{dry: dry}}
		},
		Journal: j, Guard: j,
	}
}

// trial runs a line as a front end does, up to where it would ask.
type trial struct {
	homeserver
	journal
	env commands.Env
}

func (h *trial) run(t *testing.T, line string) (*commands.Call, commands.Outcome) {
	t.Helper()
	call := parse(t, line, h.env)
	x := executor(commands.Services{&h.homeserver}, &h.journal)
	if err := x.Prepare(t.Context(), call); err != nil {
		return call, commands.OutcomeOf(nil, err)
	}
	return call, x.Execute(t.Context(), call)
}

func as(role commands.Role) commands.Env {
	env := roomEnv()
	env.Caller.Role = role
	return env
}
