package user

import (
	"context"
	"errors"
	"iter"
	"strconv"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var deleteMediaCmd = commands.DefineWork[deleteMediaArgs, mediaDeleter](commands.Meta{
	Name:     "user delete-media",
	Summary:  "Delete all files that a user uploaded.",
	Detail:   "Protected files and avatars go, too. Messages stay and show a missing file. Other servers keep the copies that they have made.",
	Risk:     commands.Destructive,
	Examples: []string{"user delete-media bob"},
})

type mediaDeleter interface {
	mediaLister
	DeleteUserMedia(ctx context.Context, user id.UserID, limit int) (admin.Answer[admin.DeletedMedia], error)
}

type deleteMediaArgs struct {
	User commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
}

const (
	mediaSlice = 100         // files that are deleted by one call
	nextSlice  = time.Second // pause between two, so that others get their turn
)

// Plan is about one user.
func (a *deleteMediaArgs) Plan(context.Context, *commands.Env, mediaDeleter) iter.Seq2[commands.Item, error] {
	return commands.OneItem(a.User.String())
}

// Preview counts the files and shows some.
func (a *deleteMediaArgs) Preview(ctx context.Context, _ *commands.Env, api mediaDeleter) (commands.Result, error) {
	page, err := api.UserMedia(ctx, a.User.UserID, admin.MediaQuery{Limit: maxNamed})
	if err != nil {
		return nil, err
	}
	return deletingMedia{page, a.User.UserID}, nil
}

// Do deletes one slice after the other. A terminal waits for the end, since there may be nobody else who would go on.
func (a *deleteMediaArgs) Do(ctx context.Context, env *commands.Env, api mediaDeleter, item commands.Item) (commands.Result, error) {
	done := mediaDeleted{User: a.User.UserID}
	done.Deleted, _ = strconv.Atoi(item.State)
	for {
		slice, err := api.DeleteUserMedia(ctx, a.User.UserID, mediaSlice)
		if err != nil {
			return done.broken(err)
		}
		done.Deleted += slice.Value.Total
		if slice.Value.Total < mediaSlice {
			return a.finish(ctx, api, done)
		}
		if env.Door != commands.DoorTerminal {
			return done, commands.Again(nextSlice, strconv.Itoa(done.Deleted))
		}
	}
}

// finish looks whether something is left: the server passes over files that it cannot remove.
func (a *deleteMediaArgs) finish(ctx context.Context, api mediaDeleter, done mediaDeleted) (commands.Result, error) {
	left, err := api.UserMedia(ctx, a.User.UserID, admin.MediaQuery{Limit: 1})
	if err != nil {
		return done.broken(err)
	}
	done.Remaining = &left.Value.Total
	return done, nil
}

// deletingMedia is what would be deleted.
type deletingMedia struct {
	admin.Answer[admin.MediaPage]
	user id.UserID
}

// View counts the files and shows the newest.
func (d deletingMedia) View() render.Doc {
	total := d.Value.Total
	if total == 0 {
		return render.Doc{render.Para{render.ID(d.user), render.Text(" has no files here.")}}
	}
	doc := render.Doc{
		render.Para{render.Text("Delete "), plural(total, "file", "files"), render.Text(" of "), render.ID(d.user), render.Text(" for good?")},
		files(d.Value.Media, commands.Times{}),
	}
	if more := total - len(d.Value.Media); more > 0 {
		doc = append(doc, render.Para{render.Text("and "), plural(more, "older file", "older files")})
	}
	return doc
}

// mediaDeleted is how far a deletion is.
type mediaDeleted struct {
	User      id.UserID `json:"user_id"`
	Deleted   int       `json:"deleted"`
	Remaining *int      `json:"remaining,omitempty"` // nil until the end
	Problem   string    `json:"error,omitempty"`     // why it ended early
}

// broken ends a deletion of which a part is done; without one it is the error alone.
func (m mediaDeleted) broken(err error) (commands.Result, error) {
	known, ok := errors.AsType[*admin.Error](err)
	if m.Deleted == 0 || !ok {
		return nil, err
	}
	m.Problem = known.Message
	return m, nil
}

// Status is partial when not everything was deleted.
func (m mediaDeleted) Status() commands.Status {
	if m.Problem != "" || m.Remaining != nil && *m.Remaining > 0 {
		return commands.StatusPartial
	}
	return commands.StatusOK
}

// View says how much was deleted and what is left.
func (m mediaDeleted) View() render.Doc {
	doc := render.Doc{render.Para{
		render.Text("Deleted "), plural(m.Deleted, "file", "files"), render.Text(" of "), render.ID(m.User), render.Text("."),
	}}
	switch {
	case m.Problem != "":
		doc = append(doc, render.Para{render.Text("Then it ended early: "), render.Outside(m.Problem), render.Text(".")})
	case m.Remaining != nil && *m.Remaining > 0:
		doc = append(doc, render.Para{render.Text("The server could not delete "), plural(*m.Remaining, "file", "files"), render.Text(".")})
	}
	return doc
}
