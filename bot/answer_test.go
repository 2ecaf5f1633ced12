package bot_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"
)

// -o works in the room: one code block up to 10 kB, else a file.
func TestMachineFormats(t *testing.T) {
	for name, c := range map[string]struct{ line, content, mime string }{
		"json":     {"thing show a -o json", `"text": "shown a"`, ""},
		"minified": {"thing show a -o minified", `{"text":"shown a"}`, ""},
		"yaml":     {"thing show a -o yaml", "text: shown a", ""},
		"csv":      {"thing list -l 2 -o csv", "row 1", ""},
		"long":     {"thing list --total 20 --name " + strings.Repeat("x", 900) + " -o json", "", "application/json"},
		"quotes":   {"thing list --total 20 --name " + strings.Repeat("'", 450) + " -o json", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				cmd := w.ask(ada, "!admin "+c.line)
				w.expect(cmd, "ok")
				a := w.last(cmd)
				switch {
				case c.mime != "":
					w.checkFile(a, c.mime)
				case c.content != "":
					if formatted, _ := a.content["formatted_body"].(string); !strings.Contains(a.body(), c.content) || !strings.HasPrefix(formatted, "<pre><code>") {
						t.Errorf("got %q and %q", a.body(), formatted)
					}
				case a.content["msgtype"] == "m.notice":
					if !json.Valid([]byte(a.body())) {
						t.Errorf("the JSON is cut: %q", a.body())
					}
				}
				w.settled()
			})
		})
	}
}

// checkFile looks at an answer that is a file.
func (w *world) checkFile(a answer, mime string) []byte {
	w.t.Helper()
	info, _ := a.content["info"].(map[string]any)
	url, _ := a.content["url"].(string)
	data := w.hs.uploads[url]
	if kind, _ := info["mimetype"].(string); a.content["msgtype"] != "m.file" || !strings.HasPrefix(kind, mime) || info["size"] != float64(len(data)) || len(data) == 0 {
		w.t.Errorf("got a %v of %v with %d bytes: %v", a.content["msgtype"], info["mimetype"], len(data), info)
	}
	return data
}

// A file that cannot be uploaded is no reason to leave somebody without an answer.
func TestUploadFails(t *testing.T) {
	for name, f := range map[string]fault{
		"refused": {status: 403, body: `{"errcode":"M_FORBIDDEN","error":"no"}`},
		"broken":  {status: 500},
		"hangs":   {hang: true},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				f.match = "/upload"
				w.hs.spoil(f)
				cmd := w.ask(ada, "!admin thing list --total 20 --name "+strings.Repeat("x", 900)+" -o json")
				long := w.ask(ada, "!admin thing list -l 60")
				w.sleep(time.Minute)
				for _, c := range []id.EventID{cmd, long} {
					w.expect(c, "ok")
					if !strings.Contains(w.last(c).body(), "could not be uploaded") {
						t.Errorf("got %q", w.last(c).body())
					}
				}
				w.settled()
			})
		})
	}
}

// Of a list 25 rows are shown; "next" and ▶ go on with the caller's own.
func TestNext(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd := w.ask(ada, "!admin thing list")
		list := w.last(cmd)
		if !strings.Contains(list.body(), "row 24") || strings.Contains(list.body(), "row 25") || !strings.Contains(list.body(), "!admin next") {
			t.Errorf("got %q", list.body())
		}
		w.expectMarks(list.event.ID, "▶")
		w.expect(w.ask(alan, "!admin next"), "usage") // has no list
		second := w.ask(ada, "!admin next")
		w.expect(second, "ok")
		if body := w.last(second).body(); !strings.Contains(body, "row 25") || !strings.Contains(body, "row 49") {
			t.Errorf("got %q", body)
		}
		third := w.ask(ada, "!admin next")
		if body := w.last(third).body(); !strings.Contains(body, "row 59") || strings.Contains(body, "next") {
			t.Errorf("got %q", body)
		}
		w.settled()
	})
}

func TestPageByReaction(t *testing.T) {
	inWorld(t, func(w *world) {
		root := w.say(ada, "a thread")
		cmd := w.hs.say(w.room, ada, "m.room.message", message("!admin thing list", relating(map[string]any{"rel_type": "m.thread", "event_id": string(root)})))
		w.wait()
		list := w.last(cmd)
		w.silent(w.react(alan, list.event.ID, "▶")) // not his
		press := w.react(ada, list.event.ID, "▶\ufe0f")
		w.expect(press, "ok")
		w.expectMarks(press)
		page := w.last(press)
		r := relation(page.event)
		if reply, _ := r["m.in_reply_to"].(map[string]any); reply["event_id"] != string(list.event.ID) || r["event_id"] != string(root) {
			t.Errorf("the page has the relation %v", r)
		}
		if !strings.Contains(page.body(), "row 25") {
			t.Errorf("got %q", page.body())
		}
		w.silent(w.react(ada, list.event.ID, "▶")) // that list goes on below
		w.expect(w.react(ada, page.event.ID, "▶"), "ok")
		w.expect(cmd, "ok")
		w.settled()
	})
}

// A list can be continued for an hour, by its caller, in its room.
func TestListEnds(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd := w.ask(ada, "!admin thing list")
		w.sleep(time.Hour)
		w.expect(w.ask(ada, "!admin next"), "usage")
		w.silent(w.react(ada, w.last(cmd).event.ID, "▶"))
	})
}

// More than 25 rows that were asked for are in a file.
func TestLongList(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd := w.ask(ada, "!admin thing list -l 60")
		w.expect(cmd, "ok")
		if body := w.last(cmd).body(); strings.Contains(body, "row 25") || !strings.Contains(body, "35 more rows") {
			t.Errorf("got %q", body)
		}
		var file *fakeEvent
		for _, e := range w.saidBy(w.room) {
			if e.Content["msgtype"] == "m.file" {
				file = e
			}
		}
		if file == nil {
			t.Fatal("there is no file")
		}
		if data := w.checkFile(answer{event: file, content: file.Content}, "text/csv"); !bytes.Contains(data, []byte("row 59")) {
			t.Errorf("the file holds %q", data)
		}
		w.settled()
	})
}

// Nothing in an answer pings or marks up, whatever names contain.
func TestHostileName(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd := w.ask(ada, `!admin thing shwo "<b>x</b> @room"`)
		a := w.last(cmd)
		if formatted, _ := a.content["formatted_body"].(string); strings.Contains(formatted, "<b>") || strings.Contains(a.body(), "@room") {
			t.Errorf("got %q and %q", a.body(), formatted)
		}
	})
}
