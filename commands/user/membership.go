package user

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var membershipCmd = commands.Define[membershipArgs, membershipReader](commands.Meta{
	Name:     "user membership",
	Summary:  "List the rooms that a user is in.",
	Detail:   "Rooms are shown by their aliases on this server, those without one by their id. Works for users of other servers as far as this one sees them.",
	Examples: []string{"user membership bob", "user membership bob --ids", "user membership @eve:example.net --all-states"},
})

type membershipReader interface {
	JoinedRooms(ctx context.Context, user id.UserID) (admin.Answer[admin.JoinedRooms], error)
	Memberships(ctx context.Context, user id.UserID) (admin.Answer[admin.Memberships], error)
	RoomAliases(ctx context.Context, room id.RoomID) (admin.Answer[admin.RoomAliases], error)
}

type membershipArgs struct {
	User      commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
	Aliases   *bool            `off:"ids" help:"Show aliases, which is what happens without either, or room ids, which is faster."`
	AllStates bool             `help:"Also list rooms that the user left, is invited to, knocked at or is banned from, by id."`
}

// Validate refuses aliases where the server's own answer is shown.
func (a *membershipArgs) Validate() error {
	if a.AllStates && a.Aliases != nil && *a.Aliases {
		return errors.New("--all-states shows room ids; leave out --aliases")
	}
	return nil
}

// Run lists the rooms, and reads the aliases of each if they are wanted.
func (a *membershipArgs) Run(ctx context.Context, _ *commands.Env, api membershipReader) (commands.Result, error) {
	if a.AllStates {
		answer, err := api.Memberships(ctx, a.User.UserID)
		if err != nil {
			return nil, err
		}
		return memberships{answer, a.User.UserID}, nil
	}
	answer, err := api.JoinedRooms(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	result := joinedRooms{Answer: answer, user: a.User.UserID}
	if a.Aliases != nil && !*a.Aliases {
		return result, nil
	}
	if result.names, err = namesOf(ctx, api, answer.Value.Rooms); err != nil {
		return nil, err
	}
	return result, nil
}

// namesOf gives the aliases of each room, joined by blanks, or its id.
func namesOf(ctx context.Context, api membershipReader, rooms []id.RoomID) ([]string, error) {
	names := make([]string, len(rooms))
	for i, room := range rooms {
		answer, err := api.RoomAliases(ctx, room)
		switch {
		case admin.CodeOf(err) == admin.CodeUnavailable:
			return nil, err // the next room would do no better
		case err != nil || len(answer.Value.Aliases) == 0:
			names[i] = string(room)
			continue
		}
		aliases := make([]string, len(answer.Value.Aliases))
		for j, alias := range answer.Value.Aliases {
			aliases[j] = string(alias)
		}
		names[i] = strings.Join(aliases, " ")
	}
	return names, nil
}

// joinedRooms are the rooms that a user is in. Without names they are shown by id.
type joinedRooms struct {
	admin.Answer[admin.JoinedRooms]
	user  id.UserID
	names []string // in the order of the rooms
}

// MarshalJSON gives the server's answer with the names in the place of the ids.
func (j joinedRooms) MarshalJSON() ([]byte, error) {
	if j.names == nil {
		return j.Raw, nil
	}
	var object map[string]any
	if err := json.Unmarshal(j.Raw, &object); err != nil {
		return nil, fmt.Errorf("read joined rooms: %w", err)
	}
	object["joined_rooms"] = j.names
	return json.Marshal(object)
}

// View counts the rooms and lists them.
func (j joinedRooms) View() render.Doc {
	rooms := j.Value.Rooms
	if len(rooms) == 0 {
		return render.Doc{render.Para{render.ID(j.user), render.Text(" is in no room that this server knows.")}}
	}
	t := render.Table{Columns: []render.Column{{Name: "room_id"}}}
	if j.names != nil {
		t.Columns = append(t.Columns, render.Column{Name: "aliases"})
	}
	for i, room := range rooms {
		if j.names == nil || j.names[i] == string(room) {
			t.Rows = append(t.Rows, []render.Inline{render.ID(room)})
			continue
		}
		t.Rows = append(t.Rows, []render.Inline{render.ID(room), aliases(j.names[i])})
	}
	return render.Doc{render.Para{render.ID(j.user), render.Text(" is in "), plural(len(rooms), "room", "rooms"), render.Text(":")}, t}
}

// aliases shows names that are joined by blanks.
func aliases(names string) render.Join {
	var parts render.Join
	for i, alias := range strings.Fields(names) {
		if i > 0 {
			parts = append(parts, render.Text(" "))
		}
		parts = append(parts, render.ID(alias))
	}
	return parts
}

// memberships are what a user is and was in all rooms.
type memberships struct {
	admin.Answer[admin.Memberships]
	user id.UserID
}

// View lists the rooms by membership.
func (m memberships) View() render.Doc {
	states := m.Value.Memberships
	if len(states) == 0 {
		return render.Doc{sentence("This server knows no room of", m.user, ".")}
	}
	rooms := slices.SortedFunc(maps.Keys(states), func(a, b id.RoomID) int {
		return cmp.Or(cmp.Compare(states[a], states[b]), cmp.Compare(a, b))
	})
	t := render.Table{Columns: []render.Column{{Name: "room_id"}, {Name: "membership"}}}
	for _, room := range rooms {
		t.Rows = append(t.Rows, []render.Inline{render.ID(room), render.Outside(states[room])})
	}
	return render.Doc{t}
}
