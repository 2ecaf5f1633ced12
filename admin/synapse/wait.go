package synapse

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

const (
	firstWait = time.Second      // after a 429 that does not say how long
	maxWait   = 10 * time.Minute // of what a server may ask for; longer is answered at once
)

func (a *API) timeoutOf(r request) time.Duration {
	if r.slow {
		return max(a.slow, a.timeout)
	}
	return a.timeout
}

// retryAfter is how long the server asks us to wait: by its body, else by the header, else longer with each attempt.
func (a *API) retryAfter(x exchange, attempt int) time.Duration {
	if body, ok := x.matrixError(); ok && body.RetryAfterMS > 0 {
		return time.Duration(min(body.RetryAfterMS, maxWait.Milliseconds())) * time.Millisecond
	}
	header := x.header.Get("Retry-After")
	if seconds, err := strconv.ParseInt(header, 10, 64); err == nil && seconds > 0 {
		return time.Duration(min(seconds, int64(maxWait.Seconds()))) * time.Second
	}
	if until, err := http.ParseTime(header); err == nil {
		return min(max(until.Sub(a.now()), 0), maxWait) + firstWait
	}
	return firstWait << min(attempt, 6)
}

// pause waits, unless the wait would not end before the call must. It reports whether there is time to go on.
func pause(ctx context.Context, wait time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
