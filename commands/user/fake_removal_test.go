package user_test

import (
	"context"
	"fmt"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands/commandtest"
)

func (s *server) RedactUser(_ context.Context, user id.UserID, which admin.RedactUser) (admin.Answer[admin.Redaction], error) {
	s.Called("RedactUser", user, which)
	return commandtest.Answer[admin.Redaction](`{"redact_id": "PzbHhmOm"}`), s.err
}

// Redaction gives one state after the other.
func (s *server) Redaction(_ context.Context, redaction string) (admin.Answer[admin.RedactionStatus], error) {
	s.Called("Redaction", redaction)
	if s.readErr != nil {
		return admin.Answer[admin.RedactionStatus]{}, s.readErr
	}
	state := s.states[0]
	s.states = s.states[1:]
	if state == "" {
		return admin.Answer[admin.RedactionStatus]{}, admin.Unavailable("no homeserver can be reached at localhost")
	}
	return commandtest.Answer[admin.RedactionStatus](state), nil
}

// DeleteUserMedia deletes as many files as the next slice says; a negative number is a failure.
func (s *server) DeleteUserMedia(_ context.Context, user id.UserID, limit int) (admin.Answer[admin.DeletedMedia], error) {
	s.Called("DeleteUserMedia", user, limit)
	if s.err != nil {
		return admin.Answer[admin.DeletedMedia]{}, s.err
	}
	count := s.slices[0]
	s.slices = s.slices[1:]
	if count < 0 {
		return admin.Answer[admin.DeletedMedia]{}, admin.Unavailable("cannot delete the media of user %s: the homeserver is too busy and asks to wait", user)
	}
	return commandtest.Answer[admin.DeletedMedia](fmt.Sprintf(`{"deleted_media": [], "total": %d}`, count)), nil
}
