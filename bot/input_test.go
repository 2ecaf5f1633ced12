package bot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"
)

// message is a text message with more in its content.
func message(body string, more map[string]any) map[string]any {
	content := plain(body)
	for key, value := range more {
		content[key] = value
	}
	return content
}

func html(formatted string) map[string]any {
	return map[string]any{"format": "org.matrix.custom.html", "formatted_body": formatted}
}

func mentioning(more map[string]any, users ...id.UserID) map[string]any {
	all := map[string]any{"m.mentions": map[string]any{"user_ids": users}}
	for key, value := range more {
		all[key] = value
	}
	return all
}

func relating(relation map[string]any) map[string]any {
	return map[string]any{"m.relates_to": relation}
}

// Every form in which people speak to the bot, and what it makes of it.
func TestInput(t *testing.T) {
	const pill = `<a href="https://matrix.to/#/@caretaker:example.org">Caretaker</a>`
	replying := map[string]any{"m.in_reply_to": map[string]any{"event_id": "$event1"}}
	threaded := map[string]any{"rel_type": "m.thread", "event_id": "$event1", "is_falling_back": true, "m.in_reply_to": map[string]any{"event_id": "$event2"}}
	for name, c := range map[string]struct {
		content map[string]any
		done    string // "" when it is no command
	}{
		"prefix":                {plain("!admin thing show a"), "show a"},
		"prefix in any case":    {plain("!ADmin thing show a"), "show a"},
		"words in any case":     {plain("!admin THING Show a"), "show a"},
		"no-break spaces":       {plain("!admin\u00a0thing  show\u00a0 a"), "show a"},
		"leading blanks":        {plain("\n  !admin thing show a"), "show a"},
		"no blank after prefix": {plain("!adminthing show a"), ""},
		"prefix elsewhere":      {plain("try !admin thing show a"), ""},
		"full id":               {plain("@caretaker:example.org thing show a"), "show a"},
		"full id with colon":    {plain("@caretaker:example.org: thing show a"), "show a"},
		"longer id":             {plain("@caretaker:example.org.evil thing show a"), ""},
		"name with mention":     {message("Caretaker: thing show a", mentioning(nil, botID)), "show a"},
		"name without mention":  {plain("Caretaker: thing show a"), ""},
		"name without colon":    {message("Caretaker thing show a", mentioning(nil, botID)), ""},
		"other mention":         {message("Caretaker: thing show a", mentioning(nil, vera)), ""},
		"pill":                  {message("Caretaker: thing show a", html(pill+": thing show a")), "show a"},
		"pill without colon":    {message("Caretaker thing show a", html(pill+" thing show a")), "show a"},
		"pill as argument": {message("!admin thing set a --user Vera",
			html(`!admin thing set a --user <a href="https://matrix.to/#/@vera:example.org">Vera</a>`)), "set a of @vera:example.org"},
		"typographic quotes": {plain("!admin thing set a “two words”"), "set a two words"},
		"escaped quote":      {plain(`!admin thing set a "say \"x\""`), `set a say "x"`},
		"long dash":          {plain("!admin thing set a —user vera"), "set a of @vera:example.org"},
		"lines below":        {plain("!admin thing set a\nfirst\n second"), "set a first\n second"},
		"code block": {message("```\n!admin thing set a\nfirst\n second\n```",
			html("<pre><code>!admin thing set a\nfirst\n second\n</code></pre>")), "set a first\n second"},
		"code as argument": {message("!admin thing show `a`", html("!admin thing show <code>a</code>")), "show a"},
		"inline code":      {message("`!admin thing show a`", html("<code>!admin thing show a</code>")), ""},
		"reply fallback": {message("> <@vera:example.org> !admin thing show b\n> more\n\n!admin thing show a",
			relating(replying)), "show a"},
		"html reply fallback": {message("> <@vera:example.org> x\n\n!admin thing show a", mentioning(map[string]any{
			"format":         "org.matrix.custom.html",
			"formatted_body": "<mx-reply><blockquote><code>!admin thing show b</code></blockquote></mx-reply>!admin thing show <code>a</code>",
			"m.relates_to":   replying,
		})), "show a"},
		"only a fallback":  {message("> <@vera:example.org> !admin thing show b", relating(replying)), ""},
		"thread":           {message("!admin thing show a", relating(threaded)), "show a"},
		"edit":             {message("* !admin thing show a", map[string]any{"m.new_content": plain("!admin thing show a"), "m.relates_to": map[string]any{"rel_type": "m.replace", "event_id": "$event1"}}), ""},
		"edit by relation": {message("!admin thing show a", relating(map[string]any{"rel_type": "m.replace", "event_id": "$event1"})), ""},
		"notice":           {map[string]any{"msgtype": "m.notice", "body": "!admin thing show a"}, ""},
		"emote":            {map[string]any{"msgtype": "m.emote", "body": "!admin thing show a"}, ""},
		"block quote":      {message("> !admin thing show a", html("<blockquote>!admin thing show a</blockquote>")), ""},
		"code in a quote":  {message("> !admin thing show a", html("<blockquote><code>!admin thing show a</code></blockquote>")), ""},
		"nested too deep":  {message("!admin thing show a", html(strings.Repeat("<b>", 10000)+"<code>!admin thing show a")), ""},
		"wrong types":      {map[string]any{"msgtype": "m.text", "body": []string{"!admin thing show a"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				cmd := w.hs.say(w.room, ada, "m.room.message", c.content)
				w.wait()
				if c.done == "" {
					w.expectDone("")
					w.silent(cmd)
				} else {
					w.expectDone("", c.done)
					w.expect(cmd, "ok")
				}
				w.settled()
			})
		})
	}
}

func TestPrefixAloneIsHelp(t *testing.T) {
	inWorld(t, func(w *world) {
		for _, text := range []string{"!admin", "!admin ", "@caretaker:example.org"} {
			cmd := w.ask(vera, text)
			w.expect(cmd, "ok")
			if a := w.last(cmd); a.outcome["command"] != "help" {
				t.Errorf("%q was taken for %v", text, a.outcome["command"])
			}
		}
	})
}

func TestOwnMessagesAreNoCommands(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd := w.hs.say(w.room, botID, "m.room.message", message("!admin thing show a", mentioning(nil)))
		w.push(*w.hs.event(t, cmd))
		w.wait()
		w.silent(cmd)
		w.expectDone("")
	})
}

func TestStateEventIsNoCommand(t *testing.T) {
	inWorld(t, func(w *world) {
		w.silent(w.hs.setState(w.room, ada, "m.room.message", plain("!admin thing show a")))
		w.wait()
		w.expectDone("")
	})
}

// "author" is who wrote the message that was replied to on purpose.
func TestAuthor(t *testing.T) {
	inWorld(t, func(w *world) {
		theirs := w.say(vera, "hello")
		ours := w.last(w.ask(ada, "!admin whoami")).event.ID
		reply := func(to id.EventID, more map[string]any) id.EventID {
			relation := map[string]any{"m.in_reply_to": map[string]any{"event_id": string(to)}}
			for key, value := range more {
				relation[key] = value
			}
			cmd := w.hs.say(w.room, ada, "m.room.message", message("!admin thing set a --user author", relating(relation)))
			w.wait()
			return cmd
		}
		w.expect(reply(theirs, nil), "ok")
		w.expect(reply(theirs, map[string]any{"rel_type": "m.thread", "event_id": string(theirs)}), "ok")
		w.expectDone("set", "set a of @vera:example.org", "set a of @vera:example.org")
		w.expect(reply(ours, nil), "usage")
		w.expect(reply("$missing", nil), "usage")
		w.expect(reply(theirs, map[string]any{"rel_type": "m.thread", "event_id": string(theirs), "is_falling_back": true}), "usage")
		w.expect(w.ask(ada, "!admin thing set a --user author"), "usage")
		w.expectDone("set", "set a of @vera:example.org", "set a of @vera:example.org")
		w.settled()
	})
}

// The answer replies to the command and stays in its thread.
func TestAnswerRelation(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd := w.ask(ada, "!admin whoami")
		r := relation(w.last(cmd).event)
		if reply := r["m.in_reply_to"].(map[string]any); reply["event_id"] != string(cmd) || len(r) != 1 {
			t.Errorf("got the relation %v", r)
		}
		root := w.say(ada, "a thread")
		cmd = w.hs.say(w.room, ada, "m.room.message", message("!admin whoami", relating(map[string]any{"rel_type": "m.thread", "event_id": string(root)})))
		w.wait()
		r = relation(w.last(cmd).event)
		if reply := r["m.in_reply_to"].(map[string]any); r["rel_type"] != "m.thread" || r["event_id"] != string(root) || reply["event_id"] != string(cmd) {
			t.Errorf("got the relation %v in a thread", r)
		}
	})
}

// The same event in several transactions, some of them after it was answered, runs once.
func TestRepeatedEvent(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd := w.say(ada, "!admin thing set a")
		evt := *w.hs.event(t, cmd)
		w.push(evt)
		w.push(evt)
		w.wait()
		w.push(evt)
		w.wait()
		w.expect(cmd, "ok")
		w.expectDone("set", "set a")
		w.settled()
	})
}

// What a person has to know about a command that is not understood.
func TestUsage(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd := w.ask(ada, "!admin thing shwo a")
		w.expect(cmd, "usage")
		w.expectMarks(cmd, "❌")
		a := w.last(cmd)
		if _, named := a.outcome["command"]; named {
			t.Errorf("an unknown command is called %v", a.outcome["command"])
		}
		if !strings.Contains(a.body(), "Nothing was changed.") || !strings.Contains(a.body(), "!admin help thing show") {
			t.Errorf("got %q", a.body())
		}
		w.expect(w.ask(ada, "!admin thing set a --yes"), "usage")
		w.expectDone("")
	})
}

// A changing command that was said long ago is announced; a read simply runs.
func TestOldCommands(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stop()
		change, read := w.say(ada, "!admin thing set a"), w.say(ada, "!admin thing show a")
		w.sleep(25 * time.Minute)
		fresh := w.say(ada, "!admin thing set b")
		w.start()
		w.expect(read, "ok")
		w.expect(fresh, "ok")
		w.expect(change, "confirm")
		w.expectDone("set", "set b")
		prompt := w.last(change)
		if !strings.Contains(prompt.body(), "25 minutes ago") {
			t.Errorf("got %q", prompt.body())
		}
		w.ask(ada, "!admin confirm "+prompt.code())
		w.expect(change, "confirm", "ok")
		w.expectDone("set", "set b", "set a")
		w.settled()
	})
}

func TestDryRun(t *testing.T) {
	inWorld(t, func(w *world) {
		cmd := w.ask(ada, "!admin thing drop "+string(w.hs.room(ada))+" --dry-run")
		w.expect(cmd, "ok")
		if slices.Contains(w.marks(cmd), "❌") || len(w.audit(cmd)) != 0 {
			t.Errorf("a dry run left %v in the audit", w.audit(cmd))
		}
	})
}
