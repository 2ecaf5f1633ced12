package user

import (
	"context"
	"slices"
	"strings"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/render"
)

// reader reads the details of an account.
type reader interface {
	User(ctx context.Context, user id.UserID) (admin.Answer[admin.User], error)
}

// table shows accounts, one per row.
func table(users []admin.User) render.Table {
	t := render.Table{Columns: []render.Column{
		{Name: "name"},
		{Name: "state"},
		{Name: "last_seen_ts", Optional: true},
		{Name: "creation_ts", Optional: true},
		{Name: "displayname", Optional: true, Free: true},
	}}
	for _, u := range users {
		t.Rows = append(t.Rows, []render.Inline{
			render.ID(u.UserID), render.Text(state(u)), render.Time(u.LastSeen()), render.Time(u.CreatedAt()), named(u.Displayname),
		})
	}
	return t
}

// state says in words what is special about an account; "active" when nothing is.
func state(u admin.User) string {
	var words []string
	for _, fact := range []struct {
		holds bool
		word  string
	}{
		{u.Admin, "admin"}, {u.Deactivated, "deactivated"}, {u.Erased, "erased"}, {u.Locked, "locked"},
		{u.Suspended, "suspended"}, {u.ShadowBanned, "shadow-banned"}, {u.IsGuest, "guest"},
		{u.UserType != "", u.UserType},
	} {
		if fact.holds {
			words = append(words, fact.word)
		}
	}
	if len(words) == 0 {
		return "active"
	}
	return strings.Join(words, ", ")
}

// named is a text from outside that may be missing.
func named(text string) render.Inline {
	if text == "" {
		return render.Unknown{}
	}
	return render.Outside(text)
}

// facts are the details of an account in the server's words, without those that it does not have.
func facts(account admin.Answer[admin.User]) render.Fields {
	all := render.Object(account.Raw, "name", "displayname", "admin", "deactivated", "locked", "suspended", "last_seen_ts", "creation_ts")
	return slices.DeleteFunc(all, func(f render.Field) bool {
		_, unknown := f.Value.(render.Unknown)
		return unknown
	})
}

// brief are the details that decide whether this is the account that was meant.
func brief(u admin.User) render.Fields {
	return render.Fields{
		{Name: "User", Value: render.ID(u.UserID)},
		{Name: "Display name", Value: named(u.Displayname)},
		{Name: "State", Value: render.Text(state(u))},
		{Name: "Created", Value: render.Time(u.CreatedAt())},
		{Name: "Last seen", Value: render.Time(u.LastSeen())},
	}
}

// sentence is a paragraph that says what happened to an account.
func sentence(before string, user id.UserID, after string) render.Para {
	return render.Para{render.Text(before + " "), render.ID(user), render.Text(after)}
}

// plural counts things in words: "1 room", "5 rooms".
func plural(n int, one, many string) render.Inline {
	if n == 1 {
		many = one
	}
	return render.Join{render.Int(n), render.Text(" " + many)}
}
