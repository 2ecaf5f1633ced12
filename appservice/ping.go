package appservice

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"

	"go.mau.fi/util/exhttp"

	"maunium.net/go/mautrix"
)

// pings are the last ones that arrived here. Diagnostics ask for them: a homeserver whose registration has the address of
// another caretaker with the same tokens has its pings answered, too, but nothing reaches this one.
type pings struct {
	mu   sync.Mutex // guards last
	last []string   // transaction ids, the newest at the end; empty for a ping without
}

const (
	keptPings  = 16
	longestTxn = 255
)

// pong is the answer to a ping. The homeserver wants an object, whatever is in it.
type pong struct {
	// Heard tells that a ping with the same transaction id, or one without any, arrived before.
	Heard bool `json:"dev.caretaker.heard"`
}

// heard reports whether a ping came before, and remembers it.
func (p *pings) heard(txn string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := slices.ContainsFunc(p.last, func(known string) bool { return known == txn || known == "" })
	if len(txn) <= longestTxn {
		p.last = append(p.last[max(0, len(p.last)-keptPings+1):], txn)
	}
	return before
}

// answer answers a ping.
//
// POST /_matrix/app/v1/ping
func (p *pings) answer(w http.ResponseWriter, r *http.Request) {
	var ping mautrix.ReqAppservicePing
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxOtherBody)).Decode(&ping); err != nil {
		mautrix.MNotJSON.WithMessage("Invalid or missing request body").Write(w)
		return
	}
	exhttp.WriteJSONResponse(w, http.StatusOK, pong{Heard: p.heard(ping.TxnID)})
}
