package diagnostics

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"
)

// port is what was found at appservice.listen. A free one is served for the
// time of the run, so that the homeserver's ping can be tried before the daemon
// runs for the first time.
type port struct {
	err    error // why it could not be opened, nil if it is ours
	server *http.Server
	pinged sync.Map // transaction ids of the pings that arrived, empty for one without
}

// openPort opens appservice.listen unless this process serves it already.
func (in *inspection) openPort() *port {
	if in.opts.Listening {
		return &port{}
	}
	listener, err := net.Listen("tcp", in.config.Appservice.Listen)
	if err != nil {
		return &port{err: err}
	}
	p := new(port)
	p.server = &http.Server{Handler: p.standIn(in.hsToken()), ReadHeaderTimeout: checkTime}
	go func() { _ = p.server.Serve(listener) }() // ends with close
	return p
}

func (p *port) close() {
	if p.server != nil {
		_ = p.server.Close() // nobody else uses it
	}
}

// standIn answers the homeserver's ping as the daemon does. What the homeserver wants to deliver is refused, so that it
// comes again when the daemon is up.
func (p *port) standIn(hsToken string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /_matrix/app/v1/ping", func(w http.ResponseWriter, r *http.Request) {
		var ping struct {
			Txn string `json:"transaction_id"`
		}
		_ = json.NewDecoder(io.LimitReader(r.Body, maxBody)).Decode(&ping)
		p.pinged.Store(ping.Txn, true)
		_, _ = io.WriteString(w, "{}")
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, `{"errcode":"M_UNKNOWN","error":"caretaker is not running"}`)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if hsToken == "" || subtle.ConstantTimeCompare([]byte(token), []byte(hsToken)) != 1 {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"errcode":"M_UNKNOWN_TOKEN","error":"Invalid access token"}`)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// listener finds out whether appservice.listen is free or ours.
func (in *inspection) listener(ctx context.Context) finding {
	address := in.config.Appservice.Listen
	switch {
	case in.opts.Listening:
		return good("caretaker listens at " + address)
	case in.port.err == nil:
		return good(address + " is free")
	case errors.Is(in.port.err, syscall.EADDRINUSE):
		return in.occupant(ctx, address)
	case errors.Is(in.port.err, syscall.EACCES):
		return bad("this user may not listen at "+address, "write a port above 1023 to appservice.listen and the same one to appservice.url")
	case errors.Is(in.port.err, syscall.EADDRNOTAVAIL):
		return bad(address+" is no address of this machine", "write one of its addresses to appservice.listen, or 127.0.0.1 where the homeserver runs on this machine, too")
	}
	return bad("cannot listen at "+address, "write HOST:PORT with an address of this machine to appservice.listen")
}

// occupant finds out who listens: only our daemon accepts our hs_token, and it does not matter who else sees it there,
// since the homeserver shows it to the same address.
func (in *inspection) occupant(ctx context.Context, address string) finding {
	got := in.pingListener(ctx, "diagnostics")
	switch {
	case got.ok():
		return good("caretaker listens at " + address)
	case got.errcode == "M_UNKNOWN_TOKEN", got.errcode == "M_FORBIDDEN":
		return bad("an application service with another hs_token listens at "+address,
			"restart caretaker if its registration was changed; otherwise write a free port to appservice.listen and to appservice.url")
	}
	return bad("another program listens at "+address,
		"stop it, or write a free port to appservice.listen and to appservice.url. This shows the program:\nss -ltnp 'sport = :"+portOf(address)+"'")
}

// dialable is the address to connect to for one that is listened on: all addresses include loopback.
func dialable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return address
}

func portOf(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

// ping has the homeserver ping appservice.url.
func (in *inspection) ping(ctx context.Context) finding {
	switch {
	case !in.connected():
		return untried("homeserver")
	case !in.known():
		return untried("registration")
	}
	txn := fmt.Sprintf("diagnostics-%d", in.now().UnixNano())
	got := in.probe.ask(ctx, question{
		method: http.MethodPost, base: in.config.Homeserver.URL, token: in.asToken(),
		path: "/_matrix/client/v1/appservice/" + in.opts.Registration.ID + "/ping",
		body: map[string]string{"transaction_id": txn},
	})
	switch {
	case !got.ok():
		return in.noPing(got)
	case in.missed(ctx, txn):
		return bad(fmt.Sprintf("the homeserver's ping did not arrive at %s, another caretaker with the same tokens answered it", in.config.Appservice.Listen),
			fmt.Sprintf("have %s lead here; if it does, the installed registration has another url: %s", in.config.Appservice.URL, installRemedy))
	}
	return in.roundTrip(got)
}

// missed reports whether the listener at appservice.listen knows that a ping did not come there. A daemon tells it when
// it is pinged again; what cannot be found out counts as no.
func (in *inspection) missed(ctx context.Context, txn string) bool {
	if in.port.server != nil {
		_, named := in.port.pinged.Load(txn)
		_, unnamed := in.port.pinged.Load("")
		return !named && !unnamed
	}
	var pong struct {
		Heard *bool `json:"dev.caretaker.heard"`
	}
	if got := in.pingListener(ctx, txn); got.ok() {
		got.into(&pong)
	}
	return pong.Heard != nil && !*pong.Heard
}

// pingListener asks whoever listens at appservice.listen, as the homeserver would.
func (in *inspection) pingListener(ctx context.Context, txn string) answer {
	ctx, cancel := context.WithTimeout(ctx, checkTime/2)
	defer cancel()
	return in.probe.ask(ctx, question{
		method: http.MethodPost, base: "http://" + dialable(in.config.Appservice.Listen), path: "/_matrix/app/v1/ping",
		token: in.hsToken(), body: map[string]string{"transaction_id": txn},
	})
}

func (in *inspection) roundTrip(got answer) finding {
	var pong struct {
		Duration int64 `json:"duration_ms"`
	}
	got.into(&pong)
	trip := time.Duration(pong.Duration) * time.Millisecond
	found := good(fmt.Sprintf("the homeserver reaches the bot, there and back in %s", trip))
	found.metrics = map[string]any{"round_trip_ms": pong.Duration}
	return found
}

func (in *inspection) noPing(got answer) finding {
	url := in.config.Appservice.URL
	var detail struct {
		Status int `json:"status"`
	}
	got.into(&detail)
	switch {
	case got.err != nil && isTimeout(got.err), got.errcode == "M_CONNECTION_TIMEOUT":
		return bad("the homeserver gets no answer from the bot at "+url+" in time",
			"have the firewall between the two let it through, or write to appservice.url how the homeserver reaches the bot, run \"caretaker init --force\" and install the registration again")
	case got.err != nil:
		return unreachable(got.err, "homeserver.url", in.config.Homeserver.URL)
	case got.unrecognised():
		return good("this homeserver cannot ping, so there is nothing to try")
	case got.foreign():
		return bad("a proxy answers instead of the homeserver", "have it forward all of /_matrix to the homeserver")
	case got.errcode == "M_URL_NOT_SET":
		return bad("the registration that is installed on the homeserver has no url", installRemedy)
	case got.errcode == "M_FORBIDDEN":
		return bad("the homeserver knows this as_token under another id than "+clean(in.opts.Registration.ID), installRemedy)
	case got.errcode == "M_CONNECTION_FAILED":
		return in.noWayBack(got)
	case got.errcode == "M_BAD_STATUS" && (detail.Status == http.StatusUnauthorized || detail.Status == http.StatusForbidden):
		return bad("the homeserver shows the bot another hs_token than the registration file has", installRemedy)
	case got.errcode == "M_BAD_STATUS":
		return bad(fmt.Sprintf("something else than caretaker answers the homeserver at %s (status %d)", url, detail.Status),
			"write to appservice.url how the homeserver reaches appservice.listen, run \"caretaker init --force\" and install the registration again")
	}
	return bad(fmt.Sprintf("the homeserver answers the request to ping the bot with status %d %s", got.status, clean(got.errcode)), "see the homeserver's log")
}

// noWayBack tells a closed port from an address that does not lead here.
func (in *inspection) noWayBack(got answer) finding {
	a := in.config.Appservice
	if portOf(a.Listen) != urlPort(a.URL) {
		return bad(fmt.Sprintf("the homeserver cannot connect to %s, while the bot listens at %s (the homeserver says: %s)", a.URL, a.Listen, clean(got.message)),
			"write the same port to appservice.url and appservice.listen unless something forwards one to the other, run \"caretaker init --force\" and install the registration again")
	}
	if in.port.err != nil {
		return bad(fmt.Sprintf("the homeserver cannot connect to %s, where the bot does not listen (the homeserver says: %s)", a.URL, clean(got.message)),
			"see the check listener")
	}
	return bad(fmt.Sprintf("the homeserver cannot connect to %s (it says: %s)", a.URL, clean(got.message)),
		"write to appservice.url an address under which the homeserver's machine reaches this one, to appservice.listen one that is not loopback where they are two machines or containers, run \"caretaker init --force\" and install the registration again")
}

// installRemedy is for a homeserver that works with other values than the registration file has.
const installRemedy = "install the registration file on the homeserver again and restart every homeserver process; \"caretaker registration\" prints it"
