package synapse

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"caretaker/admin"
)

// checkHint is the command that finds out what is wrong with the connection or the token.
const checkHint = "check"

// ResponseError is the server's answer behind an [admin.Error], for logs and diagnostics.
type ResponseError struct {
	Status  int    // HTTP status
	ErrCode string // Matrix error code, empty when the answer was not the homeserver's
	Text    string // the server's words, unchanged
}

// Error describes the answer for the log.
func (e *ResponseError) Error() string {
	return fmt.Sprintf("HTTP status %d, errcode %q: %.200q", e.Status, e.ErrCode, e.Text)
}

// matrixError is the body of every error of a homeserver.
type matrixError struct {
	ErrCode      string `json:"errcode"`
	Text         string `json:"error"`
	RetryAfterMS int64  `json:"retry_after_ms"`
}

// matrixError returns the body if it is a homeserver's error, and not a proxy's page.
func (x exchange) matrixError() (matrixError, bool) {
	var body matrixError
	err := json.Unmarshal(x.body, &body)
	return body, err == nil && body.ErrCode != ""
}

// explain makes the error for people of an exchange that failed. Everything that a server can answer becomes a code
// here, and only here.
func (a *API) explain(r request, x exchange) error {
	if x.status == 0 {
		return a.noAnswer(r, x)
	}
	body, matrix := x.matrixError()
	cause := x.err
	if cause == nil {
		cause = &ResponseError{Status: x.status, ErrCode: body.ErrCode, Text: body.Text}
	}
	switch {
	case x.status == http.StatusTooManyRequests:
		limited := fail(r, admin.CodeUnavailable, cause, "the homeserver is too busy and asks to wait")
		limited.RetryAfter = a.retryAfter(x, 0)
		return limited
	case x.status >= 500:
		return a.outcomeUnknown(r, cause, "the homeserver or a proxy answered with error %d", x.status)
	case x.status >= 300 && x.status < 400:
		_, setting := a.place(r)
		return hinted(fail(r, admin.CodeUnavailable, cause, "the homeserver's address redirects to another one (set %s)", setting))
	case x.status < 300 || x.err != nil:
		return a.unusable(r, cause)
	case !matrix:
		root, setting := a.place(r)
		return hinted(fail(r, admin.CodeUnavailable, cause,
			"a proxy answered instead of the homeserver; it does not forward %s (set %s)", root, setting))
	case body.ErrCode == "M_UNRECOGNIZED":
		unsupported := fail(r, admin.CodeUnsupported, cause, "this homeserver lacks that function, or it is switched off")
		unsupported.Hint = "server features"
		return unsupported
	case x.status == http.StatusUnauthorized:
		return hinted(fail(r, admin.CodeDenied, cause, "%s", tokenProblem(r, body.ErrCode)))
	case x.status == http.StatusForbidden:
		return hinted(fail(r, admin.CodeDenied, cause, "%s's account may not: %s",
			r.whose(), cmp.Or(words(body.Text), "it is not a server admin")))
	case x.status == http.StatusNotFound:
		missing := sentence("", r.subject, " does not exist on this server")
		missing.Code, missing.Hint, missing.Cause = admin.CodeNotFound, r.hint, cause
		return missing
	default:
		return fail(r, admin.CodeFailed, cause, "%s", cmp.Or(words(body.Text), fmt.Sprintf("the homeserver refuses it with error %d", x.status)))
	}
}

func tokenProblem(r request, errcode string) string {
	switch errcode {
	case "M_USER_LOCKED":
		return "the account of " + r.whose() + " is locked"
	case "M_MISSING_TOKEN":
		return "the homeserver got no admin token"
	default:
		return r.whose() + " is unknown to the homeserver or has expired"
	}
}

// noAnswer explains a request that ended without one.
func (a *API) noAnswer(r request, x exchange) error {
	if x.sent {
		return a.outcomeUnknown(r, x.err, "%s", a.breakdown(r, x.err))
	}
	return hinted(fail(r, admin.CodeUnavailable, x.err, "%s", a.unreachable(x.err)))
}

// unreachable says why there was no connection.
func (a *API) unreachable(err error) string {
	var (
		dns         *net.DNSError
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
	)
	host := clip(a.host, maxHost)
	switch {
	case errors.Is(err, context.Canceled):
		return "it was interrupted before anything was sent"
	case errors.As(err, &dns) && !dns.IsTimeout:
		return fmt.Sprintf("there is no host named %s", clip(dns.Name, maxHost))
	case errors.As(err, &certificate), errors.As(err, &authority):
		return fmt.Sprintf("the certificate of %s is not valid", host)
	case errors.Is(err, http.ErrSchemeMismatch):
		return fmt.Sprintf("%s does not speak https", host)
	default:
		return fmt.Sprintf("no homeserver can be reached at %s", host)
	}
}

// breakdown says how the connection ended under a request.
func (a *API) breakdown(r request, err error) string {
	switch {
	case errors.Is(err, context.Canceled):
		return "it was interrupted before the homeserver answered"
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("the homeserver did not answer within %s", duration(a.timeoutOf(r)))
	default:
		return "the connection to the homeserver broke"
	}
}

// unusable explains an answer whose status was good but whose content was not.
func (a *API) unusable(r request, cause error) error {
	var network net.Error
	switch {
	case errors.Is(cause, errTooLarge):
		return a.outcomeUnknown(r, cause, "the answer of the homeserver is too large")
	case errors.As(cause, &network), brokenConnection(cause), errors.Is(cause, context.Canceled):
		return a.outcomeUnknown(r, cause, "%s", a.breakdown(r, cause))
	default:
		return a.outcomeUnknown(r, cause, "the answer of %s is not one of a homeserver", clip(a.host, maxHost))
	}
}

// outcomeUnknown explains why there is no usable answer. A change may have been made all the same, which it says.
func (a *API) outcomeUnknown(r request, cause error, format string, args ...any) error {
	if r.reads() {
		return hinted(fail(r, admin.CodeUnavailable, cause, format, args...))
	}
	unknown := sentence("outcome unknown: tried to "+r.verb, r.subject, ", but "+fmt.Sprintf(format, args...))
	unknown.Code, unknown.Cause, unknown.Sent = admin.CodeUnavailable, cause, true
	return unknown
}

// noToken explains that there is no token to call with.
func (a *API) noToken(r request, cause error) error {
	if known, ok := errors.AsType[*admin.Error](cause); ok {
		return known
	}
	if cause != nil {
		return hinted(fail(r, admin.CodeUnavailable, cause, "the admin token cannot be had at the moment"))
	}
	return hinted(fail(r, admin.CodeDenied, nil, "there is no admin token"))
}

// place is what a proxy has to forward for a request, and the setting that says where the server is.
func (a *API) place(r request) (root, setting string) {
	if r.client() {
		return a.clientPath, "homeserver.url"
	}
	return a.adminPath, "admin.url"
}

func fail(r request, code admin.Code, cause error, format string, args ...any) *admin.Error {
	e := sentence("cannot "+r.verb, r.subject, ": "+fmt.Sprintf(format, args...))
	e.Code, e.Cause = code, cause
	return e
}

func hinted(e *admin.Error) *admin.Error {
	e.Hint = checkHint
	return e
}

// duration prints a time limit without the zero units of time.Duration: "30s", "1h", "1m30s".
func duration(d time.Duration) string {
	text := d.Round(time.Millisecond).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
