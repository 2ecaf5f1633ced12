package synapse

import (
	"context"

	"caretaker/admin"
)

// call sends a request and decodes its answer.
func call[T any](ctx context.Context, a *API, r request) (admin.Answer[T], error) {
	return admin.Answer[T]{}, admin.Unsupported(r.verb+" "+r.subject, "")
}

const maxName = 80

func clip(s string, n int) string { return s }
func isPlain(s string) bool       { return true }
