// Package httpapi holds what caretaker answers over HTTP beside the homeserver's
// transactions: today its health, for whoever watches the process.
package httpapi

import (
	"fmt"
	"net/http"
	"strings"
)

// Condition is one thing that must hold for the daemon to be ready.
type Condition struct {
	Name string
	// Holds tells whether it does, and if not, why, in words for people.
	Holds func() (ok bool, reason string)
}

// Health answers GET /livez and GET /readyz[?verbose]. The first says that the
// process is alive and never depends on the homeserver; the second that commands
// are answered: 200, or 503 with the reasons.
func Health(conditions ...Condition) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { write(w, http.StatusOK, "ok\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ready, report := examine(conditions, r.URL.Query().Has("verbose"))
		status := http.StatusOK
		if !ready {
			status = http.StatusServiceUnavailable
		}
		write(w, status, report)
	})
	return mux
}

// examine lists the conditions that do not hold; all of them when verbose.
func examine(conditions []Condition, verbose bool) (ready bool, report string) {
	var lines strings.Builder
	ready = true
	for _, c := range conditions {
		ok, reason := c.Holds()
		ready = ready && ok
		switch {
		case !ok:
			fmt.Fprintf(&lines, "[-] %s: %s\n", c.Name, reason)
		case verbose:
			fmt.Fprintf(&lines, "[+] %s\n", c.Name)
		}
	}
	if ready {
		return true, lines.String() + "ok\n"
	}
	return false, lines.String() + "not ready\n"
}

func write(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // the watcher has gone; it will ask again
}
