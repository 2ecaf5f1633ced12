package synapse

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
)

// Media returns what the server knows about one file (GET v1/media/{server}/{media}).
func (a *API) Media(ctx context.Context, media id.ContentURI) (admin.Answer[admin.MediaInfo], error) {
	return call[admin.MediaInfo](ctx, a, request{
		op: "GET v1/media/{server}/{media}", parts: []string{media.Homeserver, media.FileID},
		verb: "read", subject: theMedia(media),
	})
}

// UserMedia returns a page of what a user uploaded (GET v1/users/{user}/media).
func (a *API) UserMedia(ctx context.Context, user id.UserID, query admin.MediaQuery) (admin.Answer[admin.MediaPage], error) {
	return call[admin.MediaPage](ctx, a, request{
		op: "GET v1/users/{user}/media", parts: []string{string(user)},
		query: page(query.From, query.Limit, query.OrderBy, query.Reverse),
		verb:  "list the media of", subject: theUser(user), hint: searchUser(user),
	})
}

// RoomMedia returns the media that a room's unencrypted events mention (GET v1/room/{room}/media). A room that the
// server does not know has none.
func (a *API) RoomMedia(ctx context.Context, room id.RoomID) (admin.Answer[admin.RoomMedia], error) {
	return call[admin.RoomMedia](ctx, a, request{
		op: "GET v1/room/{room}/media", parts: []string{string(room)},
		verb: "list the media of", subject: theRoom(room), hint: "room list",
	})
}

// QuarantineMedia makes a file unavailable (POST v1/media/quarantine/{server}/{media}), with all files of the same
// content. The server answers alike when it does not know the file or when it is protected.
func (a *API) QuarantineMedia(ctx context.Context, media id.ContentURI) (admin.Answer[admin.Done], error) {
	return a.markMedia(ctx, "POST v1/media/quarantine/{server}/{media}", "quarantine", media, media.Homeserver, media.FileID)
}

// UnquarantineMedia makes a file available again (POST v1/media/unquarantine/{server}/{media}).
func (a *API) UnquarantineMedia(ctx context.Context, media id.ContentURI) (admin.Answer[admin.Done], error) {
	return a.markMedia(ctx, "POST v1/media/unquarantine/{server}/{media}", "unquarantine", media, media.Homeserver, media.FileID)
}

// ProtectMedia guards a file of this server against quarantine and deletion by date (POST v1/media/protect/{media}).
func (a *API) ProtectMedia(ctx context.Context, media id.ContentURI) (admin.Answer[admin.Done], error) {
	if err := a.ownMedia("protect", media); err != nil {
		return admin.Answer[admin.Done]{}, err
	}
	return a.markMedia(ctx, "POST v1/media/protect/{media}", "protect", media, media.FileID)
}

// UnprotectMedia lifts the protection of a file of this server (POST v1/media/unprotect/{media}).
func (a *API) UnprotectMedia(ctx context.Context, media id.ContentURI) (admin.Answer[admin.Done], error) {
	if err := a.ownMedia("unprotect", media); err != nil {
		return admin.Answer[admin.Done]{}, err
	}
	return a.markMedia(ctx, "POST v1/media/unprotect/{media}", "unprotect", media, media.FileID)
}

func (a *API) markMedia(ctx context.Context, op operation, verb string, media id.ContentURI, parts ...string) (admin.Answer[admin.Done], error) {
	return call[admin.Done](ctx, a, request{
		op: op, parts: parts, body: empty{},
		verb: verb, subject: theMedia(media),
	})
}

// QuarantineRoomMedia makes all media that a room's unencrypted events mention unavailable
// (POST v1/room/{room}/media/quarantine).
func (a *API) QuarantineRoomMedia(ctx context.Context, room id.RoomID) (admin.Answer[admin.Quarantined], error) {
	return call[admin.Quarantined](ctx, a, request{
		op: "POST v1/room/{room}/media/quarantine", parts: []string{string(room)}, body: empty{}, slow: true,
		verb: "quarantine the media of", subject: theRoom(room), hint: "room list",
	})
}

// QuarantineUserMedia makes all that a user uploaded unavailable (POST v1/user/{user}/media/quarantine).
func (a *API) QuarantineUserMedia(ctx context.Context, user id.UserID) (admin.Answer[admin.Quarantined], error) {
	return call[admin.Quarantined](ctx, a, request{
		op: "POST v1/user/{user}/media/quarantine", parts: []string{string(user)}, body: empty{}, slow: true,
		verb: "quarantine the media of", subject: theUser(user), hint: searchUser(user),
	})
}

// DeleteMedia deletes one file of this server, protected or not (DELETE v1/media/{server}/{media}).
func (a *API) DeleteMedia(ctx context.Context, media id.ContentURI) (admin.Answer[admin.DeletedMedia], error) {
	return call[admin.DeletedMedia](ctx, a, request{
		op: "DELETE v1/media/{server}/{media}", parts: []string{media.Homeserver, media.FileID}, body: empty{},
		verb: "delete", subject: theMedia(media),
	})
}

// DeleteMediaBefore deletes this server's own media that were not used since a time (POST v1/media/delete). Protected
// and quarantined files stay. It returns when all is done, which may take long.
func (a *API) DeleteMediaBefore(ctx context.Context, which admin.DeleteMedia) (admin.Answer[admin.DeletedMedia], error) {
	query := url.Values{"before_ts": {millis(which.Before)}}
	if which.LargerThan > 0 {
		query.Set("size_gt", strconv.FormatInt(which.LargerThan, 10))
	}
	if which.DeleteProfiles {
		query.Set("keep_profiles", "false")
	}
	return call[admin.DeletedMedia](ctx, a, request{
		op: "POST v1/media/delete", query: query, body: empty{}, slow: true,
		verb: "delete", subject: "local media",
	})
}

// PurgeMediaCache deletes cached remote media that were not used since a time (POST v1/purge_media_cache). It returns
// when all is done, which may take long.
func (a *API) PurgeMediaCache(ctx context.Context, before time.Time) (admin.Answer[admin.PurgedMedia], error) {
	return call[admin.PurgedMedia](ctx, a, request{
		op: "POST v1/purge_media_cache", query: url.Values{"before_ts": {millis(before)}},
		body: empty{}, slow: true,
		verb: "purge", subject: "cached remote media",
	})
}

// QuarantineChanges returns up to 100 files that were quarantined or freed, from a position in that stream on
// (GET v1/media/quarantine_changes).
func (a *API) QuarantineChanges(ctx context.Context, from int) (admin.Answer[admin.QuarantineChanges], error) {
	return call[admin.QuarantineChanges](ctx, a, request{
		op: "GET v1/media/quarantine_changes", query: url.Values{"from": {strconv.Itoa(from)}},
		verb: "list", subject: "changes of quarantine",
	})
}

// ownMedia refuses media of other servers, which the endpoint could not name.
func (a *API) ownMedia(verb string, media id.ContentURI) error {
	if media.Homeserver == "" || media.Homeserver == a.serverName {
		return nil
	}
	return sentence("cannot "+verb, theMedia(media), ": it is not a file of this server")
}

func theMedia(media id.ContentURI) string {
	return "media mxc://" + media.Homeserver + "/" + media.FileID
}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
