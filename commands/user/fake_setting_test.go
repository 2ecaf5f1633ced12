package user_test

import (
	"cmp"
	"context"
	"fmt"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands/commandtest"
)

func (s *server) ShadowBan(_ context.Context, user id.UserID, ban bool) (admin.Answer[admin.Done], error) {
	s.Called("ShadowBan", user, ban)
	return commandtest.Answer[admin.Done](`{}`), s.err
}

func (s *server) UserAdmin(_ context.Context, user id.UserID) (admin.Answer[admin.Right], error) {
	s.Called("UserAdmin", user)
	return answerOf[admin.Right](s, fmt.Sprintf(`{"admin": %t}`, s.right))
}

func (s *server) SetUserAdmin(_ context.Context, user id.UserID, right bool) (admin.Answer[admin.Done], error) {
	s.Called("SetUserAdmin", user, right)
	return commandtest.Answer[admin.Done](`{}`), s.err
}

func (s *server) RateLimit(_ context.Context, user id.UserID) (admin.Answer[admin.RateLimit], error) {
	s.Called("RateLimit", user)
	return answerOf[admin.RateLimit](s, cmp.Or(s.limits, `{}`))
}

func (s *server) SetRateLimit(_ context.Context, user id.UserID, messagesPerSecond, burstCount int64) (admin.Answer[admin.RateLimit], error) {
	s.Called("SetRateLimit", user, messagesPerSecond, burstCount)
	return commandtest.Answer[admin.RateLimit](fmt.Sprintf(`{"messages_per_second": %d, "burst_count": %d}`, messagesPerSecond, burstCount)), s.err
}

func (s *server) ClearRateLimit(_ context.Context, user id.UserID) (admin.Answer[admin.Done], error) {
	s.Called("ClearRateLimit", user)
	return commandtest.Answer[admin.Done](`{}`), s.err
}

func (s *server) Features(_ context.Context, user id.UserID) (admin.Answer[admin.Features], error) {
	s.Called("Features", user)
	return answerOf[admin.Features](s, `{"features": {"msc4222": true, "msc3881": false}}`)
}

func (s *server) SetFeatures(_ context.Context, user id.UserID, features map[string]bool) (admin.Answer[admin.Done], error) {
	s.Called("SetFeatures", user, features)
	return commandtest.Answer[admin.Done](`{}`), s.err
}

func (s *server) SetValidity(_ context.Context, change admin.SetValidity) (admin.Answer[admin.Validity], error) {
	s.Called("SetValidity", change)
	return commandtest.Answer[admin.Validity](`{"expiration_ts": 1780228800000}`), s.err
}
