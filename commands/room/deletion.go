package room

import (
	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

// deletion has been started.
type deletion struct {
	admin.Answer[admin.Deletion]
	room id.RoomID
}

// View implements [commands.Result].
func (d deletion) View() render.Doc {
	return render.Doc{sentence(render.Text("Deleting "), render.ID(d.room), render.Text("; the server calls it "),
		render.ID(d.Value.ID), render.Text("."))}
}

// progress is a deletion on its way.
type progress struct {
	admin.Answer[admin.DeletionStatus]
	room id.RoomID
}

// View implements [commands.Result].
func (p progress) View() render.Doc {
	para := sentence(render.Text("Deleting "), render.ID(p.room), render.Text(": "), render.Outside(p.Value.Status))
	if done := p.Value.ShutdownRoom; done != nil {
		para = append(para, render.Text(", "), plural(len(done.KickedUsers), "member removed", "members removed"))
	}
	return render.Doc{append(para, render.Text("."))}
}

// deleted is a deletion that is complete.
type deleted struct {
	admin.Answer[admin.DeletionStatus]
	room id.RoomID
	kept bool // the messages were not purged
}

// Status implements [commands.Graded].
func (d deleted) Status() commands.Status { return grade(d.Value.ShutdownRoom) }

// View implements [commands.Result].
func (d deleted) View() render.Doc { return summary(d.room, d.Value.ShutdownRoom, d.kept) }

// deletedNow is the answer of the older API, which comes when all is done.
type deletedNow struct {
	admin.Answer[admin.ShutdownRoom]
	room id.RoomID
	kept bool
}

// Status implements [commands.Graded].
func (d deletedNow) Status() commands.Status { return grade(&d.Value) }

// View implements [commands.Result].
func (d deletedNow) View() render.Doc { return summary(d.room, &d.Value, d.kept) }

// grade is partial when somebody is still in the room.
func grade(done *admin.ShutdownRoom) commands.Status {
	if done != nil && len(done.FailedToKickUsers) > 0 {
		return commands.StatusPartial
	}
	return commands.StatusOK
}

// summary says what a deletion did.
func summary(room id.RoomID, done *admin.ShutdownRoom, kept bool) render.Doc {
	what := "Deleted "
	if kept {
		what = "Emptied "
	}
	if done == nil {
		done = &admin.ShutdownRoom{}
	}
	para := sentence(render.Text(what), render.ID(room), render.Text(": "),
		plural(len(done.KickedUsers), "local member", "local members"), render.Text(" removed"))
	if kept {
		para = append(para, render.Text(", messages kept"))
	}
	doc := render.Doc{append(para, render.Text("."))}
	if len(done.FailedToKickUsers) > 0 {
		doc = append(doc, sentence(render.Text("Could not be removed: "), list(done.FailedToKickUsers, maxNamed), render.Text(".")))
	}
	if len(done.LocalAliases) > 0 {
		doc = append(doc, sentence(render.Text("Aliases removed or moved: "), list(done.LocalAliases, maxNamed), render.Text(".")))
	}
	if done.NewRoomID != "" {
		doc = append(doc, sentence(render.Text("The members are in "), render.ID(done.NewRoomID), render.Text(" now.")))
	}
	return doc
}
