package bot_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"
)

// homeserver is as much of one as the bot asks for. It remembers transaction ids as
// Synapse does. It is an http.RoundTripper: inside of a synctest bubble nothing may
// wait for a socket.
type homeserver struct {
	mux *http.ServeMux

	mu      sync.Mutex // guards everything below
	rooms   map[id.RoomID]*fakeRoom
	aliases map[string]id.RoomID
	events  map[id.EventID]*fakeEvent
	log     []*fakeEvent          // everything that was said, in order
	sent    map[string]id.EventID // transaction id to event
	uploads map[string][]byte
	faults  []*fault
	calls   []string // "METHOD path" of every request that was let through
	counter int
}

type fakeRoom struct {
	state   map[string]*fakeEvent // type and state key
	members map[id.UserID]string
	reasons map[id.UserID]string // of leaving
}

type fakeEvent struct {
	ID       id.EventID
	Room     id.RoomID
	Sender   id.UserID
	Type     string
	StateKey *string
	Content  map[string]any
	TS       time.Time
	Redacted bool
	Unsigned map[string]any
}

// fault spoils requests whose "METHOD path" contains a text.
type fault struct {
	match   string
	times   int  // how often, 0 for ever
	after   bool // the request has its effect all the same
	hang    bool // no answer
	refuse  bool // no connection
	status  int
	header  http.Header
	body    string
	spoiled int
}

func newHomeserver() *homeserver {
	h := &homeserver{
		mux: http.NewServeMux(), rooms: map[id.RoomID]*fakeRoom{}, aliases: map[string]id.RoomID{},
		events: map[id.EventID]*fakeEvent{}, sent: map[string]id.EventID{}, uploads: map[string][]byte{},
	}
	const c = "/_matrix/client/v3/"
	for pattern, handle := range map[string]func(*http.Request) (int, any){
		"PUT " + c + "rooms/{room}/send/{type}/{txn}":     h.putEvent,
		"PUT " + c + "rooms/{room}/redact/{event}/{txn}":  h.putRedaction,
		"GET " + c + "rooms/{room}/event/{event}":         h.getEvent,
		"GET " + c + "rooms/{room}/state/{type}":          h.getState,
		"GET " + c + "rooms/{room}/state/{type}/{key...}": h.getState,
		"GET " + c + "rooms/{room}/members":               h.getMembers,
		"POST " + c + "rooms/{room}/join":                 h.postJoin,
		"POST " + c + "join/{room}":                       h.postJoin,
		"POST " + c + "rooms/{room}/leave":                h.postLeave,
		"POST " + c + "rooms/{room}/invite":               h.postInvite,
		"POST " + c + "createRoom":                        h.postCreate,
		"GET " + c + "joined_rooms":                       h.getJoined,
		"GET " + c + "directory/room/{alias}":             h.getAlias,
		"POST /_matrix/media/v3/upload":                   h.postUpload,
	} {
		h.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			h.mu.Lock()
			defer h.mu.Unlock()
			status, body := handle(r)
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(body)
		})
	}
	return h
}

// RoundTrip serves a request without a network.
func (h *homeserver) RoundTrip(r *http.Request) (*http.Response, error) {
	what := r.Method + " " + r.URL.Path
	f := h.faultFor(what)
	answer := httptest.NewRecorder()
	if f == nil || f.after {
		h.mu.Lock()
		h.calls = append(h.calls, what)
		h.mu.Unlock()
		h.mux.ServeHTTP(answer, r)
	}
	switch {
	case f == nil:
		return answer.Result(), nil
	case f.hang:
		<-r.Context().Done()
		return nil, r.Context().Err()
	case f.refuse:
		return nil, syscall.ECONNREFUSED
	}
	answer = httptest.NewRecorder()
	maps.Copy(answer.Header(), f.header)
	answer.WriteHeader(f.status)
	_, _ = answer.WriteString(f.body)
	return answer.Result(), nil
}

func (h *homeserver) faultFor(what string) *fault {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.faults {
		if strings.Contains(what, f.match) && (f.times == 0 || f.spoiled < f.times) {
			f.spoiled++
			return f
		}
	}
	return nil
}

// spoil begins a fault and gives what ends it.
func (h *homeserver) spoil(f fault) (end func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.faults = append(h.faults, &f)
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.faults = slices.DeleteFunc(h.faults, func(other *fault) bool { return other == &f })
	}
}

// called counts requests whose "METHOD path" contains all the texts.
func (h *homeserver) called(texts ...string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, call := range h.calls {
		if !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(call, text) }) {
			n++
		}
	}
	return n
}

func (h *homeserver) forgetCalls() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = nil
}

// matrixError is an answer of the homeserver that something does not work.
func matrixError(status int, code string) (int, any) {
	return status, map[string]any{"errcode": code, "error": "no"}
}

func (h *homeserver) member(r *http.Request) (id.RoomID, *fakeRoom, bool) {
	name := id.RoomID(r.PathValue("room"))
	room := h.rooms[name]
	return name, room, room != nil && room.members[botID] == "join"
}

func (h *homeserver) putEvent(r *http.Request) (int, any) {
	name, _, in := h.member(r)
	if !in {
		return matrixError(403, "M_FORBIDDEN")
	}
	return h.transact(r, func() *fakeEvent {
		content := map[string]any{}
		_ = json.NewDecoder(r.Body).Decode(&content)
		return h.add(&fakeEvent{Room: name, Sender: botID, Type: r.PathValue("type"), Content: content})
	})
}

func (h *homeserver) putRedaction(r *http.Request) (int, any) {
	name, _, in := h.member(r)
	target := h.events[id.EventID(r.PathValue("event"))]
	switch {
	case !in:
		return matrixError(403, "M_FORBIDDEN")
	case target == nil || target.Room != name:
		return matrixError(404, "M_NOT_FOUND")
	}
	return h.transact(r, func() *fakeEvent {
		target.Content, target.Redacted = map[string]any{}, true
		return h.add(&fakeEvent{Room: name, Sender: botID, Type: "m.room.redaction", Content: map[string]any{"redacts": target.ID}})
	})
}

// transact does something once per transaction id.
func (h *homeserver) transact(r *http.Request, do func() *fakeEvent) (int, any) {
	txn := r.PathValue("txn")
	if h.sent[txn] == "" {
		h.sent[txn] = do().ID
	}
	return 200, map[string]any{"event_id": h.sent[txn]}
}

func (h *homeserver) add(e *fakeEvent) *fakeEvent {
	h.counter++
	e.ID = id.EventID(fmt.Sprintf("$event%d", h.counter))
	if e.TS.IsZero() {
		e.TS = time.Now()
	}
	if e.StateKey != nil && h.rooms[e.Room] != nil {
		h.rooms[e.Room].state[e.Type+" "+*e.StateKey] = e
	}
	h.events[e.ID] = e
	h.log = append(h.log, e)
	return e
}

func (e *fakeEvent) wire() map[string]any {
	wire := map[string]any{
		"event_id": e.ID, "room_id": e.Room, "sender": e.Sender, "type": e.Type, "content": e.Content, "origin_server_ts": e.TS.UnixMilli(),
	}
	if e.StateKey != nil {
		wire["state_key"] = *e.StateKey
	}
	if e.Unsigned != nil {
		wire["unsigned"] = e.Unsigned
	}
	return wire
}

func (h *homeserver) getEvent(r *http.Request) (int, any) {
	name, _, in := h.member(r)
	e := h.events[id.EventID(r.PathValue("event"))]
	if !in || e == nil || e.Room != name {
		return matrixError(404, "M_NOT_FOUND")
	}
	return 200, e.wire()
}

func (h *homeserver) getState(r *http.Request) (int, any) {
	_, room, in := h.member(r)
	if !in {
		return matrixError(403, "M_FORBIDDEN")
	}
	e := room.state[r.PathValue("type")+" "+r.PathValue("key")]
	switch {
	case e == nil:
		return matrixError(404, "M_NOT_FOUND")
	case r.URL.Query().Get("format") == "event":
		return 200, e.wire()
	}
	return 200, e.Content
}

func (h *homeserver) getMembers(r *http.Request) (int, any) {
	name, room, in := h.member(r)
	if !in {
		return matrixError(403, "M_FORBIDDEN")
	}
	chunk := []any{}
	for user, membership := range room.members {
		key := string(user)
		e := fakeEvent{ID: "$member", Room: name, Sender: user, Type: "m.room.member", StateKey: &key, Content: map[string]any{"membership": membership}}
		chunk = append(chunk, e.wire())
	}
	return 200, map[string]any{"chunk": chunk}
}

func (h *homeserver) postJoin(r *http.Request) (int, any) {
	name := r.PathValue("room")
	if strings.HasPrefix(name, "#") {
		name = string(h.aliases[name])
	}
	room := h.rooms[id.RoomID(name)]
	if room == nil {
		return matrixError(404, "M_NOT_FOUND")
	}
	if room.members[botID] == "" || room.members[botID] == "leave" {
		return matrixError(403, "M_FORBIDDEN")
	}
	if room.members[botID] != "join" {
		h.setMember(id.RoomID(name), botID, botID, "join")
	}
	return 200, map[string]any{"room_id": name}
}

func (h *homeserver) postLeave(r *http.Request) (int, any) {
	name := id.RoomID(r.PathValue("room"))
	room := h.rooms[name]
	if room == nil || room.members[botID] != "join" && room.members[botID] != "invite" {
		return matrixError(403, "M_FORBIDDEN")
	}
	var req struct {
		Reason string `json:"reason"`
	}
	_ = json.NewDecoder(r.Body).Decode(&req)
	room.reasons[botID] = req.Reason
	h.setMember(name, botID, botID, "leave")
	return 200, map[string]any{}
}

func (h *homeserver) postInvite(r *http.Request) (int, any) {
	name, room, in := h.member(r)
	var req struct {
		UserID id.UserID `json:"user_id"`
	}
	_ = json.NewDecoder(r.Body).Decode(&req)
	if !in || room.members[req.UserID] == "join" {
		return matrixError(403, "M_FORBIDDEN")
	}
	h.setMember(name, botID, req.UserID, "invite")
	return 200, map[string]any{}
}

func (h *homeserver) postCreate(r *http.Request) (int, any) {
	var req struct {
		Name            string         `json:"name"`
		Invite          []id.UserID    `json:"invite"`
		CreationContent map[string]any `json:"creation_content"`
	}
	_ = json.NewDecoder(r.Body).Decode(&req)
	name := h.newRoom(botID, req.CreationContent)
	h.setMember(name, botID, botID, "join")
	for _, user := range req.Invite {
		h.setMember(name, botID, user, "invite")
	}
	return 200, map[string]any{"room_id": name}
}

func (h *homeserver) newRoom(creator id.UserID, content map[string]any) id.RoomID {
	h.counter++
	name := id.RoomID(fmt.Sprintf("!room%d:%s", h.counter, serverName))
	h.rooms[name] = &fakeRoom{state: map[string]*fakeEvent{}, members: map[id.UserID]string{}, reasons: map[id.UserID]string{}}
	if content == nil {
		content = map[string]any{}
	}
	h.add(&fakeEvent{Room: name, Sender: creator, Type: "m.room.create", StateKey: new(string), Content: content})
	h.add(&fakeEvent{Room: name, Sender: creator, Type: "m.room.join_rules", StateKey: new(string), Content: map[string]any{"join_rule": "invite"}})
	return name
}

func (h *homeserver) setMember(room id.RoomID, by, user id.UserID, membership string) *fakeEvent {
	h.rooms[room].members[user] = membership
	key := string(user)
	e := &fakeEvent{Room: room, Sender: by, Type: "m.room.member", StateKey: &key, Content: map[string]any{"membership": membership}}
	if user == botID && membership == "invite" {
		stripped := []any{}
		for _, s := range h.rooms[room].state {
			stripped = append(stripped, s.wire())
		}
		e.Unsigned = map[string]any{"invite_room_state": stripped}
	}
	return h.add(e)
}

func (h *homeserver) getJoined(*http.Request) (int, any) {
	joined := []id.RoomID{}
	for name, room := range h.rooms {
		if room.members[botID] == "join" {
			joined = append(joined, name)
		}
	}
	return 200, map[string]any{"joined_rooms": joined}
}

func (h *homeserver) getAlias(r *http.Request) (int, any) {
	room, ok := h.aliases[r.PathValue("alias")]
	if !ok {
		return matrixError(404, "M_NOT_FOUND")
	}
	return 200, map[string]any{"room_id": room}
}

func (h *homeserver) postUpload(r *http.Request) (int, any) {
	h.counter++
	uri := fmt.Sprintf("mxc://%s/file%d", serverName, h.counter)
	answer := new(strings.Builder)
	buffer := make([]byte, 1<<20)
	for {
		n, err := r.Body.Read(buffer)
		answer.Write(buffer[:n])
		if err != nil {
			break
		}
	}
	h.uploads[uri] = []byte(answer.String())
	return 200, map[string]any{"content_uri": uri}
}

// room makes a private room where everybody named is joined.
func (h *homeserver) room(members ...id.UserID) id.RoomID {
	h.mu.Lock()
	defer h.mu.Unlock()
	room := h.newRoom(members[0], nil)
	for _, user := range members {
		h.setMember(room, user, user, "join")
	}
	return room
}

// member says what somebody's membership is from now on.
func (h *homeserver) membership(room id.RoomID, by, user id.UserID, membership string) id.EventID {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.setMember(room, by, user, membership).ID
}

// setState changes a room.
func (h *homeserver) setState(room id.RoomID, by id.UserID, evtType string, content map[string]any) id.EventID {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.add(&fakeEvent{Room: room, Sender: by, Type: evtType, StateKey: new(string), Content: content}).ID
}

// say has somebody send an event.
func (h *homeserver) say(room id.RoomID, sender id.UserID, evtType string, content map[string]any) id.EventID {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.add(&fakeEvent{Room: room, Sender: sender, Type: evtType, Content: content}).ID
}

// since lists what was said after a number of events.
func (h *homeserver) since(n int) []*fakeEvent {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.log[min(n, len(h.log)):])
}

func (h *homeserver) event(t *testing.T, eventID id.EventID) *fakeEvent {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.events[eventID] == nil {
		t.Fatalf("there is no event %s", eventID)
	}
	return h.events[eventID]
}
