package appservice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"caretaker/store"

	"github.com/rs/zerolog"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

var testNow = time.UnixMilli(1700000000000)

// timelineServer answers /messages from a list of raw events, oldest first, in pages of a size.
type timelineServer struct {
	events []string
	page   int
	calls  int
}

func (s *timelineServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.calls++
	query := r.URL.Query()
	if r.URL.Path != "/_matrix/client/v3/rooms/!room:example.org/messages" || query.Get("dir") != "b" || query.Get("user_id") != testBot.String() {
		http.Error(w, `{"errcode":"M_FORBIDDEN","error":"not in room"}`, http.StatusForbidden)
		return
	}
	end := len(s.events)
	if from := query.Get("from"); from != "" {
		end, _ = strconv.Atoi(from)
	}
	start := max(0, end-s.page)
	var chunk []string
	for i := end - 1; i >= start; i-- {
		chunk = append(chunk, s.events[i])
	}
	next := ""
	if start > 0 {
		next = fmt.Sprintf(`,"end":"%d"`, start)
	}
	fmt.Fprintf(w, `{"start":"x","chunk":[%s]%s}`, strings.Join(chunk, ","), next)
}

// said is a message of Ada some minutes before testNow.
func said(eventID string, minutes int) string {
	return with("event_id", strconv.Quote(eventID), "origin_server_ts", strconv.FormatInt(testNow.Add(-time.Duration(minutes)*time.Minute).UnixMilli(), 10))
}

// byBot is an event of the bot itself.
func byBot(evtType, content string, more ...string) string {
	return with(append([]string{"event_id", `"$bot` + strconv.Itoa(len(content)) + `"`, "sender", `"@caretaker:example.org"`, "type", strconv.Quote(evtType),
		"content", content, "origin_server_ts", strconv.FormatInt(testNow.UnixMilli(), 10)}, more...)...)
}

func newCatchUp(t *testing.T, db *store.Store, server *timelineServer, woken *int) *CatchUp {
	t.Helper()
	hs := httptest.NewServer(server)
	t.Cleanup(hs.Close)
	identity, err := NewIdentity(IdentityOptions{HomeserverURL: hs.URL, Bot: testBot, Registration: NewRegistration(testBot, ""), Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	return NewCatchUp(CatchUpOptions{
		Timeline: identity,
		Inbox:    db,
		Bot:      testBot,
		Wake:     func() { *woken++ },
		Answered: func(content json.RawMessage) (id.EventID, bool) {
			var answer struct{ Answers id.EventID }
			return answer.Answers, json.Unmarshal(content, &answer) == nil && answer.Answers != ""
		},
		Now: func() time.Time { return testNow },
	})
}

func TestCatchUp(t *testing.T) {
	t.Parallel()
	many := func(n int) (events []string) {
		for i := range n {
			events = append(events, said(fmt.Sprintf("$%d", i), 5))
		}
		return events
	}
	tests := []struct {
		name   string
		events []string
		known  []string // already in the inbox
		page   int
		want   string
		calls  int
	}{
		{"nothing said", nil, nil, 10, "[]", 1},
		{"everything is new", []string{said("$a", 3), said("$b", 2), said("$c", 1)}, nil, 10, "[$a $b $c]", 1},
		{"over several pages", []string{said("$a", 3), said("$b", 2), said("$c", 1)}, nil, 1, "[$a $b $c]", 3},
		{"until what is known", []string{said("$a", 4), said("$b", 3), said("$c", 2), said("$d", 1)}, []string{"$b"}, 2, "[$b $a $c $d]", 2},
		{"the rest of the page with it", []string{said("$a", 4), said("$b", 3), said("$c", 2)}, []string{"$c"}, 10, "[$c $a $b]", 1},
		{"no further back than a day", []string{said("$old", 25*60), said("$older", 26*60), said("$a", 5)}, nil, 2, "[$a]", 2},
		{"one wrong clock does not end it", []string{said("$a", 5), said("$wrong", 60*24*365), said("$b", 5)}, nil, 1, "[$b]", 2},
		{"a wrong clock among others", []string{said("$a", 5), said("$wrong", 60*24*365), said("$b", 5)}, nil, 2, "[$a $b]", 2},
		{"not before the bot came", []string{said("$before", 5), byBot("m.room.member", `{"membership":"join"}`, "state_key", `"@caretaker:example.org"`), said("$a", 4)},
			nil, 10, "[$bot21 $a]", 1},
		{"a new name is no arrival", []string{said("$before", 5), byBot("m.room.member", `{"membership":"join"}`, "state_key", `"@caretaker:example.org"`,
			"unsigned", `{"prev_content":{"membership":"join"}}`), said("$a", 4)}, nil, 10, "[$before $bot21 $a]", 1},
		{"what the bot has answered", []string{said("$done", 5), said("$open", 5), byBot("m.room.message", `{"answers":"$done"}`)}, nil, 10, "[$open]", 1},
		{"answers are the bot's only", []string{said("$a", 5), with("event_id", `"$b"`, "content", `{"answers":"$a"}`)}, nil, 10, "[$a $b]", 1},
		{"odd events", []string{said("$a", 5), `null`, `{"type":3}`, with("event_id", "1"), said("$b", 1), with("type", `"m.room.topic"`)}, nil, 10, "[$a $b]", 1},
		{"of another room", []string{said("$a", 5), with("room_id", `"!other:example.org"`)}, nil, 10, "[$a]", 1},
		{"a thousand events at most", many(1500), nil, 100, "", 10},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			db, woken := openStore(t), 0
			for _, known := range tt.known {
				if _, err := db.AddEvents(t.Context(), []store.InboxEvent{{EventID: id.EventID(known), RoomID: testRoom}}); err != nil {
					t.Fatal(err)
				}
			}
			server := &timelineServer{events: tt.events, page: tt.page}
			added, err := newCatchUp(t, db, server, &woken).Rooms(t.Context(), []id.RoomID{testRoom})
			if err != nil {
				t.Fatal(err)
			}
			f := &fixture{t: t, db: db}
			got := f.pending()
			if tt.want != "" && fmt.Sprint(got) != tt.want {
				t.Errorf("inbox: got %v, want %v", got, tt.want)
			}
			if added != len(got)-len(tt.known) || (woken == 1) != (added > 0) {
				t.Errorf("added %d of %d, woken %d times", added, len(got), woken)
			}
			if server.calls != tt.calls {
				t.Errorf("asked %d times, want %d", server.calls, tt.calls)
			}
		})
	}
}

func TestCatchUpTwice(t *testing.T) {
	t.Parallel()
	db, woken := openStore(t), 0
	server := &timelineServer{events: []string{said("$a", 3), said("$b", 2)}, page: 10}
	c := newCatchUp(t, db, server, &woken)
	for i, want := range []int{2, 0} {
		if added, err := c.Rooms(t.Context(), []id.RoomID{testRoom}); err != nil || added != want {
			t.Errorf("round %d: added %d, %v", i, added, err)
		}
	}
	if woken != 1 {
		t.Errorf("woken %d times", woken)
	}
}

func TestCatchUpSurvivesARoomThatFails(t *testing.T) {
	t.Parallel()
	db, woken := openStore(t), 0
	c := newCatchUp(t, db, &timelineServer{events: []string{said("$a", 3)}, page: 10}, &woken)
	added, err := c.Rooms(t.Context(), []id.RoomID{"!left:example.org", testRoom})
	if added != 1 || !errors.Is(err, mautrix.MForbidden) || !strings.Contains(err.Error(), "!left:example.org") {
		t.Errorf("added %d, %v", added, err)
	}
}

func TestCatchUpStoresAllOrNothing(t *testing.T) {
	t.Parallel()
	db, woken := openStore(t), 0
	server := &timelineServer{events: []string{said("$a", 3), said("$b", 2), said("$c", 1)}, page: 1}
	c := newCatchUp(t, db, server, &woken)
	c.opts.Timeline = failingAfter{c.opts.Timeline, new(int)}
	if _, err := c.Rooms(t.Context(), []id.RoomID{testRoom}); err == nil {
		t.Fatal("no error")
	}
	(&fixture{t: t, db: db}).wantPending() // or the next search would end at $c
}

// failingAfter answers two pages.
type failingAfter struct {
	Timeline
	n *int
}

func (f failingAfter) Messages(ctx context.Context, room id.RoomID, from string) ([]byte, error) {
	if *f.n++; *f.n > 2 {
		return nil, errors.New("connection reset")
	}
	return f.Timeline.Messages(ctx, room, from)
}

func TestPagesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, body := range []string{``, `null`, `[]`, `{}`, `{"chunk":{}}`, `{"chunk":[`, `{"chunk":[{]}`, `{"end":"x"}`, `<html>`} {
		h := history{room: testRoom, opts: CatchUpOptions{Bot: testBot}, reader: reader{bot: testBot, wants: Wants(testBot)}}
		if _, err := h.read([]byte(body)); err == nil {
			t.Errorf("%q was read as a page", body)
		}
	}
}
