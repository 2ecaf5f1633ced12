package user

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

// redacting is what a redaction would hit.
type redacting struct {
	user   id.UserID
	which  admin.RedactUser
	joined int // rooms that the user is in, when all are meant
	local  bool
}

// View says what is lost. Nobody knows how many messages there are.
func (r redacting) View() render.Doc {
	doc := render.Doc{sentence("Redact what", r.user, " wrote?")}
	list := render.List{r.where()}
	limit := "The newest 1000 messages in each room"
	if r.which.Limit > 0 {
		limit = fmt.Sprintf("The newest %d messages in each room", r.which.Limit)
	}
	list = append(list, render.Para{render.Text(limit + " become empty for everybody, for good.")})
	if r.which.Reason != "" {
		list = append(list, render.Para{render.Text("Everybody in the rooms can read the reason: "), render.Outside(r.which.Reason)})
	}
	if !r.local {
		list = append(list, render.Para{render.Text("The user is of another server: it works only where the admin token's account may redact messages of others.")})
	}
	return append(doc, list)
}

func (r redacting) where() render.Para {
	if len(r.which.Rooms) == 0 {
		return render.Para{render.Text("In all rooms: the user is in "), plural(r.joined, "room", "rooms"), render.Text(" and perhaps banned from others.")}
	}
	para := render.Para{render.Text("In "), plural(len(r.which.Rooms), "room", "rooms"), render.Text(":")}
	for _, room := range r.which.Rooms {
		para = append(para, render.Text(" "), render.ID(room))
	}
	return para
}

// redaction has been started.
type redaction struct {
	admin.Answer[admin.Redaction]
	user id.UserID
}

// View names the redaction.
func (r redaction) View() render.Doc {
	return render.Doc{render.Para{render.Text("Redacting the messages of "), render.ID(r.user), render.Text("; the server calls it "),
		render.ID(r.Value.ID), render.Text(".")}}
}

// redactionUnderWay is a redaction that has not ended.
type redactionUnderWay struct {
	admin.Answer[admin.RedactionStatus]
	user id.UserID
}

// View says how far it is.
func (r redactionUnderWay) View() render.Doc {
	return render.Doc{render.Para{render.Text("Redacting the messages of "), render.ID(r.user), render.Text(": "), render.Outside(r.Value.Status), render.Text(".")}}
}

// redacted is a redaction that is complete.
type redacted struct {
	admin.Answer[admin.RedactionStatus]
	user id.UserID
}

// Status is partial when messages are left.
func (r redacted) Status() commands.Status {
	if len(r.Value.Failed) > 0 {
		return commands.StatusPartial
	}
	return commands.StatusOK
}

// View says what could not be redacted.
func (r redacted) View() render.Doc {
	done := sentence("Redacted the messages of", r.user, ".")
	if len(r.Value.Failed) == 0 {
		return render.Doc{done}
	}
	return append(render.Doc{done}, failures(r.Value.Failed)...)
}

// failures lists the events that could not be redacted, and why.
func failures(failed map[id.EventID]string) render.Doc {
	t := render.Table{Columns: []render.Column{{Name: "event_id"}, {Name: "error", Free: true}}}
	for _, event := range slices.Sorted(maps.Keys(failed)) {
		t.Rows = append(t.Rows, []render.Inline{render.ID(event), render.Outside(failed[event])})
	}
	return render.Doc{render.Para{plural(len(failed), "message", "messages"), render.Text(" could not be redacted:")}, t}
}

// because is the server's reason as the end of a sentence; empty when it has none that is for people.
func because(reason string) string {
	told := strings.Join(strings.FieldsFunc(reason, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	if told == "" || strings.ContainsAny(told, "{}<>`") {
		return ""
	}
	return ": " + strings.TrimRight(told, ". ")
}
