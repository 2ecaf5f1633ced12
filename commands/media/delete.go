package media

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var deleteCmd = commands.DefineWork[deleteArgs, deleter](commands.Meta{
	Name:    "media delete",
	Summary: "Delete a file of this server, or those that nobody used for long.",
	Detail: "Deleted files cannot be had back, unless another server still has a copy. By date, protected and quarantined files stay, " +
		"and so do the avatars of users and rooms without --delete-profiles. By id, nothing protects a file. It may take minutes.",
	Risk:     commands.Destructive,
	Examples: []string{"media delete -i abcdef", "media delete -d 365 --size 1024", "media delete -b 2025-01-31 --delete-profiles"},
})

// deleter deletes this server's own media.
type deleter interface {
	reader
	DeleteMedia(ctx context.Context, media id.ContentURI) (admin.Answer[admin.DeletedMedia], error)
	DeleteMediaBefore(ctx context.Context, which admin.DeleteMedia) (admin.Answer[admin.DeletedMedia], error)
}

type deleteArgs struct {
	MediaID commands.MediaRef `short:"i" long:"media-id" help:"This file of this server."`
	before
	Size           int64 `alias:"kib" value:"KIB" min:"0" help:"With a date: only files larger than this, in KiB."`
	DeleteProfiles bool  `help:"With a date: also avatars of users and rooms."`
	All            bool  `door:"terminal" help:"The same as --delete-profiles."`
}

func (a *deleteArgs) one() bool { return a.MediaID != commands.MediaRef{} }

// Validate wants one file or one date.
func (a *deleteArgs) Validate() error {
	n := a.given()
	if a.one() {
		n++
	}
	switch {
	case n != 1:
		return errors.New("exactly one of --media-id, --before-days, --before and --before-ts is needed")
	case a.one() && (a.Size != 0 || a.profiles()):
		return errors.New("--size and --delete-profiles go with a date, not with --media-id")
	}
	return nil
}

func (a *deleteArgs) profiles() bool { return a.DeleteProfiles || a.All }

// Plan is one item: the file, or the moment.
func (a *deleteArgs) Plan(_ context.Context, env *commands.Env, _ deleter) iter.Seq2[commands.Item, error] {
	if a.one() {
		return commands.OneItem(a.MediaID.String())
	}
	return planned(a.checked(env))
}

// Preview shows the file, or says what would be deleted.
func (a *deleteArgs) Preview(ctx context.Context, env *commands.Env, api deleter) (commands.Result, error) {
	if a.one() {
		info, err := own(ctx, env, api, a.MediaID)
		if err != nil {
			return nil, err
		}
		return filePreview{a.MediaID, info, "Delete this file"}, nil
	}
	at, err := a.checked(env)
	if err != nil {
		return nil, err
	}
	return datePreview{At: written(at), what: "Delete files of this server last used", future: at.After(env.Now), remark: a.remarks()}, nil
}

func (a *deleteArgs) remarks() []string {
	remarks := []string{"How many that are, the server tells only afterwards.", "They cannot be had back."}
	if a.profiles() {
		remarks = append(remarks, "Avatars of users and rooms are deleted, too.")
	} else {
		remarks = append(remarks, "Avatars of users and rooms stay.")
	}
	return append(remarks, "Protected and quarantined files stay.")
}

// own makes sure that the file is one of this server; others can only be quarantined.
func own(ctx context.Context, env *commands.Env, api reader, media commands.MediaRef) (admin.Media, error) {
	if media.Server != env.ServerName {
		remote := admin.Failed("media %s is of another server; such files can be quarantined, not deleted", media)
		remote.Hint = "media quarantine -U " + media.String()
		return admin.Media{}, remote
	}
	return known(ctx, api, media)
}

// Do deletes the file, or what was not used since the moment.
func (a *deleteArgs) Do(ctx context.Context, env *commands.Env, api deleter, item commands.Item) (commands.Result, error) {
	if strings.HasPrefix(item.Target, "mxc://") {
		return a.deleteOne(ctx, env, api)
	}
	at, err := moment(item.Target, env.Zone)
	if err != nil {
		return nil, err
	}
	answer, err := api.DeleteMediaBefore(ctx, admin.DeleteMedia{Before: at, LargerThan: a.Size * 1024, DeleteProfiles: a.profiles()})
	if err != nil {
		return nil, err
	}
	return deleted{answer, at}, nil
}

func (a *deleteArgs) deleteOne(ctx context.Context, env *commands.Env, api deleter) (commands.Result, error) {
	if _, err := own(ctx, env, api, a.MediaID); err != nil {
		return nil, err
	}
	answer, err := api.DeleteMedia(ctx, uri(a.MediaID))
	if err != nil {
		return nil, err
	}
	return deleted{answer, time.Time{}}, nil
}

type deleted struct {
	admin.Answer[admin.DeletedMedia]
	before time.Time // zero for a single file
}

// View implements [commands.Result].
func (d deleted) View() render.Doc {
	if d.before.IsZero() && len(d.Value.MediaIDs) == 1 {
		return render.Doc{sentence(render.Text("Deleted "), render.ID(d.Value.MediaIDs[0]), render.Text("."))}
	}
	para := sentence(render.Text("Deleted "), plural(d.Value.Total, "file", "files"))
	if !d.before.IsZero() {
		para = append(para, render.Text(" last used before "+written(d.before)))
	}
	doc := render.Doc{append(para, render.Text("."))}
	if len(d.Value.MediaIDs) == 0 {
		return doc
	}
	table := render.Table{Columns: []render.Column{{Name: "media_id"}}}
	for _, one := range d.Value.MediaIDs {
		table.Rows = append(table.Rows, []render.Inline{render.ID(one)})
	}
	return append(doc, table)
}
