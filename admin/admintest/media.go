package admintest

import (
	"context"
	"slices"
	"testing"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

type mediaAPI interface {
	Media(ctx context.Context, media id.ContentURI) (admin.Answer[admin.MediaInfo], error)
	UserMedia(ctx context.Context, user id.UserID, query admin.MediaQuery) (admin.Answer[admin.MediaPage], error)
	QuarantineMedia(ctx context.Context, media id.ContentURI) (admin.Answer[admin.Done], error)
	UnquarantineMedia(ctx context.Context, media id.ContentURI) (admin.Answer[admin.Done], error)
	ProtectMedia(ctx context.Context, media id.ContentURI) (admin.Answer[admin.Done], error)
	UnprotectMedia(ctx context.Context, media id.ContentURI) (admin.Answer[admin.Done], error)
	DeleteMedia(ctx context.Context, media id.ContentURI) (admin.Answer[admin.DeletedMedia], error)
}

// testMedia follows one file from its upload to its deletion.
func testMedia(t *testing.T, api mediaAPI, world World) {
	ctx := t.Context()
	media, owner := world.Upload(t)
	info := func() admin.Media { return must[admin.MediaInfo](t, "details")(api.Media(ctx, media)).Info }
	if got := info(); got.MediaID != media.FileID || got.UserID != owner || got.Length == 0 || got.Created().IsZero() {
		t.Errorf("media %+v", got)
	}
	page := must[admin.MediaPage](t, "list")(api.UserMedia(ctx, owner, admin.MediaQuery{}))
	if !slices.ContainsFunc(page.Media, func(m admin.Media) bool { return m.MediaID == media.FileID }) || page.Total == 0 {
		t.Errorf("list %+v", page)
	}
	must[admin.Done](t, "quarantine")(api.QuarantineMedia(ctx, media))
	if info().QuarantinedBy == "" {
		t.Error("not quarantined")
	}
	must[admin.Done](t, "unquarantine")(api.UnquarantineMedia(ctx, media))
	if got := info(); got.QuarantinedBy != "" {
		t.Errorf("still quarantined by %s", got.QuarantinedBy)
	}
	must[admin.Done](t, "protect")(api.ProtectMedia(ctx, media))
	if !info().SafeFromQuarantine {
		t.Error("not protected")
	}
	must[admin.Done](t, "unprotect")(api.UnprotectMedia(ctx, media))
	if info().SafeFromQuarantine {
		t.Error("still protected")
	}
	deleted := must[admin.DeletedMedia](t, "delete")(api.DeleteMedia(ctx, media))
	if deleted.Total != 1 || !slices.Equal(deleted.MediaIDs, []string{media.FileID}) {
		t.Errorf("deleted %+v", deleted)
	}
	_, err := api.Media(ctx, media)
	wantCode(t, "deleted media", err, admin.CodeNotFound, media.FileID)
	_, err = api.DeleteMedia(ctx, media)
	wantCode(t, "delete twice", err, admin.CodeNotFound, media.FileID)
}
