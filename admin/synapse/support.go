package synapse

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"caretaker/admin"
)

// since are the versions of Synapse that brought operations, as far as that is later than what we need anyway.
var since = map[operation]string{
	"POST v1/user/{user}/redact":                       "1.116",
	"GET v1/user/redact_status/{redact_id}":            "1.116",
	"GET v1/users/{user}/sent_invite_count":            "1.122",
	"GET v1/users/{user}/cumulative_joined_room_count": "1.122",
	"GET v1/scheduled_tasks":                           "1.130",
	"GET v1/fetch_event/{event}":                       "1.140",
	"GET v1/media/{server}/{media}":                    "1.140",
	"GET v1/rooms/{room}/hierarchy":                    "1.142",
	"GET v1/users/{user}/memberships":                  "1.145",
	"GET v1/user_reports":                              "1.152",
	"GET v1/user_reports/{report}":                     "1.152",
	"DELETE v1/user_reports/{report}":                  "1.152",
	"GET v1/media/quarantine_changes":                  "1.152",
}

// Support finds out which of these methods of API the server can serve: it looks at every path that they send something
// to, without a token and reading only, so that nothing but the path itself is answered.
func (a *API) Support(ctx context.Context, methods []string) (admin.Support, error) {
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	version, err := a.ServerVersion(ctx)
	if err != nil {
		return admin.Support{}, err
	}
	delegated, err := a.Delegated(ctx)
	if err != nil {
		return admin.Support{}, err
	}
	sent := map[string][]traced{}
	for _, method := range methods {
		sent[method] = sends(method)
	}
	lacking, err := a.probeAll(ctx, sent)
	if err != nil {
		return admin.Support{}, err
	}
	support := admin.Support{Version: version.Value.ServerVersion, Delegated: delegated, Methods: map[string]admin.Verdict{}}
	for method, requests := range sent {
		support.Methods[method] = verdict(requests, lacking, delegated)
	}
	return support, nil
}

// verdict weighs the requests of a method against what the server lacks.
func verdict(requests []traced, lacking map[string]string, delegated bool) admin.Verdict {
	var v admin.Verdict
	var reasons []string
	bad := 0
	for _, t := range requests {
		v.Changes = v.Changes || t.op.method() != http.MethodGet
		reason := lacking[t.op.path()]
		if hit, _ := lossOf(request{op: t.op}, t.fields); delegated && hit != nil {
			reason = hit.reason()
		}
		if reason == "" {
			continue
		}
		if bad++; !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	switch v.Reason = strings.Join(reasons, "; "); {
	case bad == len(requests) && bad > 0:
		v.Level = admin.Lacking
	case bad > 0:
		v.Level = admin.Partly
	}
	return v
}

// reason says of an operation, or of a field, who has it in hand.
func (l loss) reason() string {
	what, _, _ := strings.Cut(l.field, "=")
	if what != "" {
		what += ": "
	}
	if l.instead == "" {
		return what + "not with Matrix Authentication Service"
	}
	return what + strings.ReplaceAll(l.instead, " {user}", "")
}

// probers is how many paths are looked at at a time.
const probers = 4

// probeAll looks at every path of the admin API once. It returns why they are not there, by path.
func (a *API) probeAll(ctx context.Context, sent map[string][]traced) (map[string]string, error) {
	paths := make(chan operation)
	var (
		group   sync.WaitGroup
		mu      sync.Mutex // guards the others
		failure error
		lacking = map[string]string{}
	)
	for range probers {
		group.Go(func() {
			for op := range paths {
				reason, err := a.probe(ctx, op)
				mu.Lock()
				if lacking[op.path()] = reason; err != nil {
					failure = err
				}
				mu.Unlock()
			}
		})
	}
	for _, op := range pathsOf(sent) {
		paths <- op
	}
	close(paths)
	group.Wait()
	return lacking, failure
}

// pathsOf gives one operation for each path.
func pathsOf(sent map[string][]traced) []operation {
	seen := map[string]bool{}
	var ops []operation
	for _, requests := range sent {
		for _, t := range requests {
			if path := t.op.path(); !t.op.client() && !seen[path] {
				seen[path] = true
				ops = append(ops, t.op)
			}
		}
	}
	return ops
}

// probe reports why the server does not have a path, empty if it has. Where reading is not possible, the server says so,
// and otherwise that there is no token.
func (a *API) probe(ctx context.Context, op operation) (reason string, err error) {
	r := request{op: operation("GET " + op.path()), open: true, verb: "look for", subject: op.path()}
	for range strings.Count(op.path(), "{") {
		r.parts = append(r.parts, "x")
	}
	req, err := a.build(ctx, r)
	if err != nil {
		return "", err
	}
	x := a.send(req)
	switch body, matrix := x.matrixError(); {
	case x.status == 0:
		return "", a.explain(r, x)
	case x.status == http.StatusNotFound && !matrix:
		return "a proxy does not forward it", nil
	case x.status == http.StatusNotFound && body.ErrCode == "M_UNRECOGNIZED":
		return absent(op), nil
	}
	return "", nil
}

// absent says why a path may not be there.
func absent(op operation) string {
	if version := since[op]; version != "" {
		return fmt.Sprintf("needs Synapse %s", version)
	}
	return "switched off, or served by another process"
}
