package bot_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"
)

// Whatever goes wrong on the way, the answer arrives once.
func TestDelivery(t *testing.T) {
	const limited = `{"errcode":"M_LIMIT_EXCEEDED","error":"slow down"`
	for name, f := range map[string]fault{
		"refused connections": {refuse: true, times: 3},
		"bad gateway":         {status: 502, body: "<html>", times: 3},
		"unavailable":         {status: 503, times: 3},
		"gateway timeout":     {status: 504, after: true, times: 3},
		"error":               {status: 500, body: `{"errcode":"M_UNKNOWN","error":"oops"}`, times: 3},
		"limit":               {status: 429, body: limited + `}`, times: 3},
		"limit with time":     {status: 429, body: limited + `,"retry_after_ms":2500}`, times: 3},
		"limit with header":   {status: 429, body: limited + `}`, header: http.Header{"Retry-After": {"2"}}, times: 3},
		"hanging":             {hang: true, times: 1},
		"hanging afterwards":  {hang: true, after: true, times: 1},
		"a page":              {status: 200, body: "<html>hello", times: 3},
		"cut short":           {status: 200, body: `{"event_id":`, times: 3},
		"unknown token":       {status: 401, body: `{"errcode":"M_UNKNOWN_TOKEN","error":"who"}`, times: 3},
		"moved":               {status: 302, header: http.Header{"Location": {"https://elsewhere.test/"}}, times: 3},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				f.match = "/send/m.room.message/"
				w.hs.spoil(f)
				cmd := w.ask(ada, "!admin thing set a")
				w.sleep(30 * time.Second)
				w.expect(cmd, "ok")
				w.expectMarks(cmd, "✅")
				w.expectDone("set", "set a")
				w.settled()
			})
		})
	}
}

// A limit says how long to wait; nothing is sent before.
func TestRetryAfter(t *testing.T) {
	for name, f := range map[string]fault{
		"in the body":   {body: `{"errcode":"M_LIMIT_EXCEEDED","error":"slow down","retry_after_ms":20000}`},
		"in the header": {body: `{"errcode":"M_LIMIT_EXCEEDED","error":"slow down"}`, header: http.Header{"Retry-After": {"20"}}},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				f.match, f.status, f.times = "/send/m.room.message/", 429, 1
				w.hs.spoil(f)
				cmd := w.ask(ada, "!admin whoami")
				w.sleep(19 * time.Second)
				w.silent(cmd)
				w.sleep(2 * time.Second)
				w.expect(cmd, "ok")
				if status := w.last(w.ask(ada, "!admin whoami")); status.status() != "ok" {
					t.Errorf("got %s", status.status())
				}
			})
		})
	}
}

// What the homeserver refuses is given up, and nothing hangs because of it.
func TestRefusedMessage(t *testing.T) {
	inWorld(t, func(w *world) {
		w.hs.spoil(fault{match: "/send/m.room.message/", times: 1, status: 413, body: `{"errcode":"M_TOO_LARGE","error":"no"}`})
		first := w.ask(ada, "!admin thing set a")
		w.expect(first)
		w.expect(w.ask(ada, "!admin thing set b"), "ok")
		w.settled()
	})
}

// A room that takes no messages does not keep others waiting.
func TestStuckRoom(t *testing.T) {
	inWorld(t, func(w *world) {
		other := w.hs.room(alan)
		w.hs.membership(other, alan, botID, "invite")
		w.wait()
		end := w.hs.spoil(fault{match: "rooms/" + string(other) + "/send/", status: 502})
		var stuck []id.EventID
		for range 30 {
			stuck = append(stuck, w.hs.say(other, alan, "m.room.message", plain("!admin whoami")))
		}
		w.wait()
		w.expect(w.ask(ada, "!admin whoami"), "ok")
		end()
		w.sleep(10 * time.Second)
		for _, cmd := range stuck {
			w.expect(cmd, "ok")
		}
		w.settled()
	})
}

// While the homeserver is away nothing is sent but now and then a try.
func TestNoStorm(t *testing.T) {
	inWorld(t, func(w *world) {
		end := w.hs.spoil(fault{match: "/send/", status: 500, after: false, body: `{"errcode":"M_UNKNOWN","error":"oops"}`})
		w.ask(ada, "!admin whoami")
		w.sleep(10 * time.Minute)
		tries := w.hs.faults[0].spoiled
		end()
		if tries < 5 || tries > 30 {
			t.Errorf("%d tries in ten minutes", tries)
		}
		w.sleep(2 * time.Minute)
		w.settled()
	})
}

// However often a process dies, an answer is sent under the same transaction id.
func TestTransactionIDsNeverChange(t *testing.T) {
	inWorld(t, func(w *world) {
		end := w.hs.spoil(fault{match: "/send/m.room.message/", hang: true, after: true})
		cmd := w.ask(ada, "!admin whoami")
		for range 3 {
			w.kill()
			w.start()
		}
		end()
		w.kill()
		w.start()
		w.expect(cmd, "ok")
		paths := map[string]bool{}
		for _, call := range w.hs.calls {
			if strings.Contains(call, "/send/m.room.message/") {
				paths[call] = true
			}
		}
		if len(paths) != 1 {
			t.Errorf("the answer was sent under %d transaction ids", len(paths))
		}
		w.settled()
	})
}
