package user

import (
	"reflect"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/render"
)

// change is one setting of an account: what it is now and what it becomes.
type change struct {
	name string
	now  func(admin.User) render.Inline // nil: not told
	then render.Inline
	made render.Inline // what it becomes in a new account, where that differs
}

// changes lists what the options change, in the order of the help.
func (a *modifyArgs) changes() []change {
	var list []change
	add := func(wanted bool, c change) {
		if wanted {
			list = append(list, c)
		}
	}
	add(a.setsPassword(), change{name: "Password", then: render.Text(a.passwordEffect()), made: render.Text("set")})
	add(a.DisplayName != nil, change{name: "Display name", now: func(u admin.User) render.Inline { return none(u.Displayname) }, then: none(value(a.DisplayName))})
	add(len(a.Threepid) > 0 || a.ClearThreepids, change{name: "Addresses", now: func(u admin.User) render.Inline { return addresses(u.Threepids) }, then: addresses(pairs(a))})
	add(a.AvatarURL != nil, change{name: "Avatar", now: func(u admin.User) render.Inline { return none(u.AvatarURL) }, then: none(value(a.AvatarURL))})
	add(a.Admin != nil, change{name: "Server admin", now: func(u admin.User) render.Inline { return render.Bool(u.Admin) }, then: yes(a.Admin)})
	add(a.Activate != nil, change{name: "Deactivated", now: func(u admin.User) render.Inline { return render.Bool(u.Deactivated) }, then: render.Bool(a.closes())})
	add(a.UserType != "", change{name: "Type", now: func(u admin.User) render.Inline { return kind(u.UserType) }, then: kind(a.UserType)})
	add(a.Lock != nil, change{name: "Locked", now: func(u admin.User) render.Inline { return render.Bool(u.Locked) }, then: yes(a.Lock)})
	return list
}

func (a *modifyArgs) passwordEffect() string {
	if a.NoLogout {
		return "a new one; devices stay logged in"
	}
	return "a new one; all devices are logged out"
}

// modifying is a change of an account, done or not.
type modifying struct {
	before  admin.User
	user    id.UserID
	exists  bool
	changes []change
}

// View shows the account and what it becomes.
func (m modifying) View() render.Doc {
	if !m.exists {
		return render.Doc{
			render.Para{render.Text("There is no account "), render.ID(m.user), render.Text(". It is made:")}, m.compared(),
		}
	}
	return render.Doc{sentence("Change", m.user, "?"), brief(m.before), render.Heading{render.Text("Changes")}, m.compared()}
}

// compared lists every setting with its old and its new value.
func (m modifying) compared() render.Fields {
	var fields render.Fields
	for _, c := range m.changes {
		value := c.then
		switch {
		case m.exists && c.now != nil && reflect.DeepEqual(c.now(m.before), c.then):
			value = render.Join{c.then, render.Text(" already")}
		case m.exists && c.now != nil:
			value = render.Join{c.now(m.before), render.Text(" → "), c.then}
		case !m.exists && c.made != nil:
			value = c.made
		}
		fields = append(fields, render.Field{Name: c.name, Value: value})
	}
	return fields
}

func value(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func none(text string) render.Inline {
	if text == "" {
		return render.Text("none")
	}
	return render.Outside(text)
}

func yes(b *bool) render.Inline { return render.Bool(b != nil && *b) }

func kind(userType string) render.Inline {
	if userType == "" || userType == "regular" {
		return render.Text("regular")
	}
	return render.Outside(userType)
}

func pairs(a *modifyArgs) []admin.Threepid {
	if threepids := a.change().Threepids; threepids != nil {
		return *threepids
	}
	return nil
}

func addresses(threepids []admin.Threepid) render.Inline {
	if len(threepids) == 0 {
		return render.Text("none")
	}
	var list render.Join
	for i, t := range threepids {
		if i > 0 {
			list = append(list, render.Text(", "))
		}
		list = append(list, render.Outside(t.Medium+" "+t.Address))
	}
	return list
}
