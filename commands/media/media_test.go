package media_test

import (
	"context"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
	"caretaker/commands/media"
)

// server is a homeserver with the answers that a test gives it. What it was not
// given does not exist.
type server struct {
	commandtest.Log
	media, userMedia, roomMedia string
	answer                      string // to a change
	changes                     string
	mediaErr, err               error // of looking at a file, of a change
}

func reply[T any](raw, what string, err error) (admin.Answer[T], error) {
	switch {
	case err != nil:
		return admin.Answer[T]{}, err
	case raw == "":
		return admin.Answer[T]{}, admin.NotFound("%s does not exist on this server", what)
	}
	return commandtest.Answer[T](raw), nil
}

func (s *server) Media(_ context.Context, uri id.ContentURI) (admin.Answer[admin.MediaInfo], error) {
	s.Called("Media", uri)
	return reply[admin.MediaInfo](s.media, "media "+uri.String(), s.mediaErr)
}

func (s *server) UserMedia(_ context.Context, user id.UserID, query admin.MediaQuery) (admin.Answer[admin.MediaPage], error) {
	s.Called("UserMedia", user, query)
	return reply[admin.MediaPage](s.userMedia, "user "+user.String(), nil)
}

func (s *server) RoomMedia(_ context.Context, room id.RoomID) (admin.Answer[admin.RoomMedia], error) {
	s.Called("RoomMedia", room)
	return reply[admin.RoomMedia](s.roomMedia, "room "+room.String(), nil)
}

func (s *server) QuarantineChanges(_ context.Context, from int) (admin.Answer[admin.QuarantineChanges], error) {
	s.Called("QuarantineChanges", from)
	return reply[admin.QuarantineChanges](s.changes, "", s.err)
}

func (s *server) mark(name string, uri id.ContentURI) (admin.Answer[admin.Done], error) {
	s.Called(name, uri)
	return reply[admin.Done](`{}`, "", s.err)
}

func (s *server) QuarantineMedia(_ context.Context, uri id.ContentURI) (admin.Answer[admin.Done], error) {
	return s.mark("QuarantineMedia", uri)
}

func (s *server) UnquarantineMedia(_ context.Context, uri id.ContentURI) (admin.Answer[admin.Done], error) {
	return s.mark("UnquarantineMedia", uri)
}

func (s *server) ProtectMedia(_ context.Context, uri id.ContentURI) (admin.Answer[admin.Done], error) {
	return s.mark("ProtectMedia", uri)
}

func (s *server) UnprotectMedia(_ context.Context, uri id.ContentURI) (admin.Answer[admin.Done], error) {
	return s.mark("UnprotectMedia", uri)
}

func (s *server) QuarantineRoomMedia(_ context.Context, room id.RoomID) (admin.Answer[admin.Quarantined], error) {
	s.Called("QuarantineRoomMedia", room)
	return reply[admin.Quarantined](s.answer, "room", s.err)
}

func (s *server) QuarantineUserMedia(_ context.Context, user id.UserID) (admin.Answer[admin.Quarantined], error) {
	s.Called("QuarantineUserMedia", user)
	return reply[admin.Quarantined](s.answer, "user", s.err)
}

func (s *server) DeleteMedia(_ context.Context, uri id.ContentURI) (admin.Answer[admin.DeletedMedia], error) {
	s.Called("DeleteMedia", uri)
	return reply[admin.DeletedMedia](s.answer, "media", s.err)
}

func (s *server) DeleteMediaBefore(_ context.Context, which admin.DeleteMedia) (admin.Answer[admin.DeletedMedia], error) {
	s.Called("DeleteMediaBefore", which)
	return reply[admin.DeletedMedia](s.answer, "media", s.err)
}

func (s *server) PurgeMediaCache(_ context.Context, before time.Time) (admin.Answer[admin.PurgedMedia], error) {
	s.Called("PurgeMediaCache", before)
	return reply[admin.PurgedMedia](s.answer, "media", s.err)
}

const (
	cat = `{"media_info": {"media_origin": null, "user_id": "@bob:example.org", "media_id": "abcdef", "media_type": "image/png",
		"media_length": 204800, "upload_name": "cat =1+1.png", "created_ts": 1767225600000, "last_access_ts": null, "quarantined_by": null,
		"authenticated": true, "safe_from_quarantine": false, "sha256": "c0ffee"}}`
	guarded = `{"media_info": {"media_id": "abcdef", "media_type": "image/png", "created_ts": 1767225600000, "safe_from_quarantine": true}}`
	uploads = `{"media": [
		{"media_id": "abcdef", "media_type": "image/png", "media_length": 204800, "upload_name": "cat.png", "created_ts": 1767225600000,
		 "last_access_ts": 1767312000000, "quarantined_by": null, "safe_from_quarantine": false},
		{"media_id": "ghijkl", "media_type": "video/mp4", "media_length": 5000000000, "upload_name": null, "created_ts": 1767225600000,
		 "last_access_ts": null, "quarantined_by": "@ada:example.org", "safe_from_quarantine": true}], "total": 60, "next_token": 25}`
	roomFiles = `{"local": ["mxc://example.org/abcdef"], "remote": ["mxc://elsewhere.net/xyz", "mxc://elsewhere.net/uvw"]}`
)

type scene struct {
	line    string
	server  server
	role    commands.Role
	options []commandtest.Option
	want    commands.Status // ok by default
}

func play(t *testing.T, scenes map[string]scene) {
	t.Helper()
	registry := commands.NewRegistry(media.Group)
	for name, s := range scenes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line, err := commands.Tokenise(s.line)
			if err != nil {
				t.Fatal(err)
			}
			command, _ := registry.Find([]string{line.Words[0].Text, line.Words[1].Text})
			if command == nil {
				t.Fatalf("%q names no command", s.line)
			}
			if s.role == commands.NoRole {
				s.role = commands.Owner
			}
			if s.want == "" {
				s.want = commands.StatusOK
			}
			ran := commandtest.Run(t, command, s.line, &s.server, append(s.options, commandtest.As(s.role))...)
			if ran.Outcome.Status != s.want {
				t.Errorf("got status %s, want %s", ran.Outcome.Status, s.want)
			}
		})
	}
}

func TestExamples(t *testing.T) {
	t.Parallel()
	commandtest.Examples(t, media.Group)
}

func TestReading(t *testing.T) {
	t.Parallel()
	terminal := []commandtest.Option{commandtest.Terminal()}
	play(t, map[string]scene{
		"user":             {line: "media list -u bob -s media_length -R", server: server{userMedia: uploads}},
		"user on terminal": {line: "media list -u bob --dt", server: server{userMedia: uploads}, options: terminal},
		"user with ts":     {line: "media list -u bob --ts", server: server{userMedia: uploads}, options: terminal},
		"user unknown":     {line: "media list -u bub", want: commands.StatusFailed},
		"room":             {line: "media list -r !spam:example.org", server: server{roomMedia: roomFiles}},
		"room and user":    {line: "media list -r !spam:example.org -u bob", server: server{roomMedia: roomFiles}},
		"room without":     {line: "media list -r !spam:example.org", server: server{roomMedia: `{"local": [], "remote": []}`}},
		"neither":          {line: "media list", want: commands.StatusUsage},
		"both times":       {line: "media list -u bob --dt --ts", want: commands.StatusUsage},
		"bad column":       {line: "media list -u bob -s size", want: commands.StatusUsage},
		"details":          {line: "media details abcdef", server: server{media: cat}},
		"details remote":   {line: "media details mxc://elsewhere.net/xyz", want: commands.StatusFailed},
		"details of what":  {line: "media details https://example.org/x", want: commands.StatusUsage},
		"changes": {line: "media changes -f 2", role: commands.Viewer, server: server{changes: `{"next_batch": 4, "changes": [
			{"origin": "example.org", "media_id": "abcdef", "quarantined": true}, {"origin": "elsewhere.net", "media_id": "xyz", "quarantined": false}]}`}},
		"changes, the end":   {line: "media changes -f 4", server: server{changes: `{"next_batch": 4, "changes": []}`}, options: terminal},
		"changes, ahead":     {line: "media changes -f 9", server: server{err: admin.Failed("cannot list changes of quarantine: the homeserver refuses it with error 400")}, want: commands.StatusFailed},
		"changes, backwards": {line: "media changes -f -1", want: commands.StatusUsage},
	})
}

func TestQuarantine(t *testing.T) {
	t.Parallel()
	play(t, map[string]scene{
		"by uri":              {line: "media quarantine -U mxc://example.org/abcdef", server: server{media: cat}, role: commands.Operator},
		"by id":               {line: "media quarantine -i abcdef", server: server{media: cat}, role: commands.Operator},
		"by id and server":    {line: "media quarantine -i xyz -s elsewhere.net", server: server{media: cat}},
		"unknown":             {line: "media quarantine -i nothing", want: commands.StatusFailed},
		"protected":           {line: "media quarantine -i abcdef", server: server{media: guarded}, want: commands.StatusFailed},
		"server cannot tell":  {line: "media quarantine -i abcdef", server: server{mediaErr: admin.Unsupported("media details", "")}},
		"room":                {line: "media quarantine -r !spam:example.org", server: server{roomMedia: roomFiles, answer: `{"num_quarantined": 3}`}, role: commands.Admin},
		"user":                {line: "media quarantine -u mallory", server: server{userMedia: uploads, answer: `{"num_quarantined": 1}`}, role: commands.Admin},
		"unknown user":        {line: "media quarantine -u nobody", want: commands.StatusFailed},
		"room needs admin":    {line: "media quarantine -r !spam:example.org", role: commands.Operator, want: commands.StatusDenied},
		"user needs admin":    {line: "media quarantine -u mallory", role: commands.Operator, want: commands.StatusDenied},
		"two ways":            {line: "media quarantine -u mallory -i abcdef", want: commands.StatusUsage},
		"no way":              {line: "media quarantine", want: commands.StatusUsage},
		"server alone":        {line: "media quarantine -U mxc://example.org/abcdef -s elsewhere.net", want: commands.StatusUsage},
		"not mxc":             {line: "media quarantine -U https://example.org/abcdef", want: commands.StatusUsage},
		"lifted":              {line: "media unquarantine -U mxc://example.org/abcdef", server: server{media: cat}, role: commands.Operator},
		"lifted from unknown": {line: "media unquarantine -i nothing", want: commands.StatusFailed},
		"lifted from nothing": {line: "media unquarantine", want: commands.StatusUsage},
		"protect":             {line: "media protect abcdef", server: server{media: cat}, role: commands.Operator},
		"protect unknown":     {line: "media protect nothing", want: commands.StatusFailed},
		"protect denied":      {line: "media protect abcdef", role: commands.Viewer, want: commands.StatusDenied},
		"unprotect":           {line: "media unprotect mxc://example.org/abcdef", server: server{media: guarded}},
		"server refuses": {line: "media unprotect abcdef", want: commands.StatusFailed,
			server: server{media: guarded, err: admin.Failed("cannot unprotect media mxc://example.org/abcdef: the homeserver refuses it with error 400")}},
	})
}

func TestDelete(t *testing.T) {
	t.Parallel()
	gone := `{"deleted_media": ["abcdef"], "total": 1}`
	some := `{"deleted_media": ["abcdef", "ghijkl"], "total": 2}`
	terminal := []commandtest.Option{commandtest.Terminal()}
	play(t, map[string]scene{
		"one":               {line: "media delete -i abcdef", server: server{media: cat, answer: gone}, role: commands.Admin},
		"one unknown":       {line: "media delete -i nothing", want: commands.StatusFailed},
		"one remote":        {line: "media delete -i elsewhere.net/xyz", want: commands.StatusFailed},
		"one with size":     {line: "media delete -i abcdef --size 3", want: commands.StatusUsage},
		"one with profiles": {line: "media delete -i abcdef --delete-profiles", want: commands.StatusUsage},
		"days":              {line: "media delete -d 365 --size 1024", server: server{answer: some}},
		"date":              {line: "media delete -b 2025-01-31 --delete-profiles", server: server{answer: `{"deleted_media": [], "total": 0}`}},
		"milliseconds":      {line: "media delete -t 1735689600000 --kib 5", server: server{answer: gone}},
		"seconds":           {line: "media delete -t 1735689600", want: commands.StatusFailed},
		"future":            {line: "media delete -b tomorrow", server: server{answer: gone}},
		"two dates":         {line: "media delete -d 3 -b 2025-01-31", want: commands.StatusUsage},
		"nothing":           {line: "media delete", want: commands.StatusUsage},
		"all in a room":     {line: "media delete -d 3 --all", want: commands.StatusUsage},
		"all on terminal":   {line: "media delete -d 3 --all", server: server{answer: gone}, options: terminal},
		"denied":            {line: "media delete -d 3", role: commands.Operator, want: commands.StatusDenied},
		"purge days":        {line: "media purge -d 30", server: server{answer: `{"deleted": 12}`}, role: commands.Admin},
		"purge date":        {line: `media purge -b "2026-01-31 18:00"`, server: server{answer: `{"deleted": 1}`}},
		"purge duration":    {line: "media purge -b 90d", server: server{answer: `{"deleted": 0}`}},
		"purge long ago":    {line: "media purge -t 5", want: commands.StatusFailed},
		"purge what":        {line: "media purge", want: commands.StatusUsage},
		"purge bad date":    {line: "media purge -b yesteryear", want: commands.StatusUsage},
		"purge unknown outcome": {line: "media purge -d 30", want: commands.StatusUnavailable, server: server{err: &admin.Error{
			Code: admin.CodeUnavailable, Sent: true, Message: "outcome unknown: tried to purge cached remote media, but the connection to the homeserver broke"}}},
	})
}
