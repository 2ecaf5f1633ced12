package media

import (
	"context"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var detailsCmd = commands.Define[detailsArgs, reader](commands.Meta{
	Name:     "media details",
	Summary:  "Show what the server knows about a file.",
	Detail:   "Files of other servers are known while a copy of them is cached.",
	Examples: []string{"media details mxc://example.org/abcdef", "media details abcdef"},
})

type detailsArgs struct {
	Media commands.MediaRef `arg:"MEDIA" help:"mxc://server/id, server/id, or an id of this server."`
}

// Run reads the file's record.
func (a *detailsArgs) Run(ctx context.Context, _ *commands.Env, api reader) (commands.Result, error) {
	found, err := api.Media(ctx, uri(a.Media))
	if err != nil {
		return nil, err
	}
	return details{found, a.Media}, nil
}

type details struct {
	admin.Answer[admin.MediaInfo]
	media commands.MediaRef
}

// View implements [commands.Result].
func (d details) View() render.Doc { return render.Doc{facts(d.media, d.Value.Info)} }

// facts are what the server knows about a file.
func facts(media commands.MediaRef, info admin.Media) render.Fields {
	fields := render.Fields{
		{Name: "mxc_uri", Value: render.ID(media.String())},
		{Name: "upload_name", Value: text(info.UploadName)},
		{Name: "media_type", Value: text(info.MediaType)},
		{Name: "media_length", Value: render.Bytes(info.Length)},
		{Name: "user_id", Value: who(info.UserID)},
		{Name: "created_ts", Value: render.Millis(info.CreatedTS)},
		{Name: "last_access_ts", Value: render.Millis(info.LastAccessTS)},
		{Name: "safe_from_quarantine", Value: render.Bool(info.SafeFromQuarantine)},
		{Name: "authenticated", Value: render.Bool(info.Authenticated)},
	}
	if info.QuarantinedBy != "" {
		fields = append(fields, render.Field{Name: "quarantined_by", Value: render.ID(info.QuarantinedBy)})
	}
	if info.URLCache != "" {
		fields = append(fields, render.Field{Name: "url_cache", Value: render.Outside(info.URLCache)})
	}
	if info.SHA256 != "" {
		fields = append(fields, render.Field{Name: "sha256", Value: render.ID(info.SHA256)})
	}
	return fields
}
