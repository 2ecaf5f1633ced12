package history

import (
	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/render"
)

// started is a purge that the server works on.
type started struct {
	admin.Answer[admin.Purge]
	room id.RoomID
}

// View implements [commands.Result].
func (s started) View() render.Doc {
	return render.Doc{sentence(render.Text("Deleting old events of "), render.ID(s.room), render.Text("; the server calls it "),
		render.ID(s.Value.ID), render.Text("."))}
}

// progress is a purge on its way.
type progress struct {
	admin.Answer[admin.PurgeStatus]
	room id.RoomID
}

// View implements [commands.Result].
func (p progress) View() render.Doc {
	return render.Doc{sentence(render.Text("Deleting old events of "), render.ID(p.room), render.Text(": "),
		render.Outside(p.Value.Status), render.Text("."))}
}

// purged is a purge that is complete.
type purged struct {
	admin.Answer[admin.PurgeStatus]
	room id.RoomID
}

// View implements [commands.Result].
func (p purged) View() render.Doc {
	return render.Doc{sentence(render.Text("Deleted old events of "), render.ID(p.room),
		render.Text("; the disk has more space only after the database was vacuumed."))}
}
