package room

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var powerLevelsCmd = commands.Define[powerLevelsArgs, powerReader](commands.Meta{
	Name:    "room power-levels",
	Summary: "List rooms with the users who have a power level of their own.",
	Detail: "The server is asked once for each room, which is slow; hence the small pages. " +
		"The creators of a room of version 12 or later stand above all levels and have none.",
	Examples: []string{"room power-levels -n lobby", "room power-levels -i !abc:example.org", "room power-levels --sort joined_members -l 25"},
})

// powerReader finds rooms and their power levels.
type powerReader interface {
	lister
	stateReader
}

type powerLevelsArgs struct {
	order
	Room       commands.RoomRef `short:"i" long:"room-id" help:"Only this room."`
	AllDetails bool             `short:"a" help:"Show all that the list of rooms tells."`
	From       int              `short:"f" default:"0" min:"0" value:"N" help:"Start at this room; the answer names the next one."`
	Limit      int              `short:"l" default:"10" min:"1" value:"N" help:"Rooms per page."`
	Name       string           `short:"n" value:"TEXT" help:"Only rooms with this part in their name or alias, or with this id."`
}

// omitted are the keys of the list of rooms that only --all-details shows, as in synadm.
var omitted = []string{
	"creator", "encryption", "federatable", "guest_access", "history_visibility", "join_rules",
	"joined_local_members", "joined_members", "public", "state_events", "version",
}

// Run reads a page of rooms and the power levels of each.
func (a *powerLevelsArgs) Run(ctx context.Context, _ *commands.Env, api powerReader) (commands.Result, error) {
	query := admin.RoomQuery{From: a.From, Limit: a.Limit, OrderBy: a.Sort, Reverse: a.Reverse}
	query.Search = cmp.Or(string(a.Room.RoomID), a.Name)
	found, err := api.Rooms(ctx, query)
	if err != nil {
		return nil, err
	}
	result := powerLevels{page: page{found}, all: a.AllDetails, levels: make([]levels, len(found.Value.Rooms))}
	for i, room := range found.Value.Rooms {
		if result.levels[i], err = readLevels(ctx, api, room.RoomID); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// levels are the users with a power level of their own; nil where a room has no such event. The specification wants
// whole numbers, older rooms may hold texts.
type levels map[id.UserID]json.RawMessage

func readLevels(ctx context.Context, api stateReader, room id.RoomID) (levels, error) {
	found, err := api.RoomState(ctx, room, "m.room.power_levels")
	if err != nil {
		return nil, err
	}
	for _, one := range found.Value.State {
		var content struct {
			Users levels `json:"users"`
		}
		if one.StateKey == nil || *one.StateKey != "" || json.Unmarshal(one.Content, &content) != nil {
			continue
		}
		if content.Users == nil {
			content.Users = levels{}
		}
		return content.Users, nil
	}
	return nil, nil
}

// powerLevels is a page of rooms with the power levels in each.
type powerLevels struct {
	page
	levels []levels // of the page's rooms
	all    bool
}

// MarshalJSON adds the levels to the server's list of rooms, as synadm does.
func (p powerLevels) MarshalJSON() ([]byte, error) {
	answer := map[string]json.RawMessage{}
	var rooms []map[string]json.RawMessage
	if err := json.Unmarshal(p.Raw, &answer); err != nil {
		return nil, fmt.Errorf("take the list of rooms apart: %w", err)
	}
	if err := json.Unmarshal(answer["rooms"], &rooms); err != nil {
		return nil, fmt.Errorf("take the rooms apart: %w", err)
	}
	for i, room := range rooms {
		for _, key := range omitted {
			if !p.all {
				delete(room, key)
			}
		}
		var err error
		if room["power_levels"], err = json.Marshal(p.levels[i].orNone()); err != nil {
			return nil, err
		}
	}
	whole := map[string]any{"rooms": rooms, "rooms_w_power_levels_curr_batch": p.ruled()}
	for key, value := range answer {
		if key != "rooms" {
			whole[key] = value
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // names stay as the server writes them
	err := encoder.Encode(whole)
	return text.Bytes(), err
}

func (l levels) orNone() levels {
	if l == nil {
		return levels{}
	}
	return l
}

// ruled is how many of the rooms have power levels.
func (p powerLevels) ruled() int {
	n := 0
	for _, of := range p.levels {
		if of != nil {
			n++
		}
	}
	return n
}

// View implements [commands.Result]: a row for each user and room.
func (p powerLevels) View() render.Doc {
	table := render.Table{Columns: []render.Column{
		{Name: "room_id"},
		{Name: "power_level", Right: true},
		{Name: "user_id"},
		{Name: "canonical_alias", Optional: true},
	}}
	if p.all {
		table.Columns = append(table.Columns, render.Column{Name: "joined_members", Optional: true, Right: true},
			render.Column{Name: "version", Optional: true}, render.Column{Name: "creator", Optional: true})
	}
	table.Columns = append(table.Columns, render.Column{Name: "name", Free: true})
	for i, room := range p.Value.Rooms {
		table.Rows = append(table.Rows, p.rows(room, p.levels[i])...)
	}
	heading := render.Heading{p.count()}
	if len(p.levels) > 0 {
		heading = append(heading, render.Text("; with power levels here: "), render.Int(p.ruled()))
	}
	return render.Doc{heading, table}
}

// rows are the users of one room, the most powerful first.
func (p powerLevels) rows(room admin.Room, of levels) [][]render.Inline {
	facts := []render.Inline{alias(room.CanonicalAlias)}
	if p.all {
		facts = append(facts, render.Int(room.JoinedMembers), outside(room.Version), userID(room.Creator))
	}
	facts = append(facts, outside(room.Name))
	if len(of) == 0 {
		return [][]render.Inline{slices.Concat([]render.Inline{render.ID(room.RoomID), render.Unknown{}, render.Unknown{}}, facts)}
	}
	var rows [][]render.Inline
	for _, user := range slices.SortedFunc(maps.Keys(of), of.byPower) {
		rows = append(rows, slices.Concat([]render.Inline{render.ID(room.RoomID), of.shown(user), render.ID(user)}, facts))
	}
	return rows
}

// number is a user's level, if it is one.
func (l levels) number(user id.UserID) (int64, bool) {
	var n int64
	err := json.Unmarshal(l[user], &n)
	return n, err == nil
}

func (l levels) byPower(a, b id.UserID) int {
	first, _ := l.number(a)
	second, _ := l.number(b)
	return cmp.Or(cmp.Compare(second, first), cmp.Compare(a, b))
}

func (l levels) shown(user id.UserID) render.Inline {
	if n, ok := l.number(user); ok {
		return render.Int(n)
	}
	return render.Outside(l[user])
}

// outside is text from outside that the server may not have.
func outside(text string) render.Inline {
	if text == "" {
		return render.Unknown{}
	}
	return render.Outside(text)
}

func alias(alias id.RoomAlias) render.Inline {
	if alias == "" {
		return render.Unknown{}
	}
	return render.ID(alias)
}
