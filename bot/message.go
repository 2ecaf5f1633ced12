package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/format"
	"maunium.net/go/mautrix/id"
)

// address is how the bot is spoken to.
type address struct {
	Prefix      string // "!admin"
	Bot         id.UserID
	DisplayName string
}

// command gives the command line in a message, without the prefix; its further
// lines are the body. Edits, notices, emotes and quotes are no commands.
func (a address) command(in *incoming) (line string, ok bool) {
	c := &in.Content
	if in.Type != event.EventMessage.Type || in.StateKey != nil || c.MsgType != string(event.MsgText) ||
		c.RelatesTo.RelType == string(event.RelReplace) || len(c.NewContent) > 0 {
		return "", false
	}
	text := strings.TrimLeftFunc(typed(c), invisible)
	first, rest, more := strings.Cut(text, "\n")
	first, ok = a.strip(first, slices.Contains(c.Mentions.UserIDs, a.Bot))
	switch {
	case !ok:
		return "", false
	case strings.TrimFunc(first, unicode.IsSpace) == "":
		return "help", true
	case more:
		return first + "\n" + rest, true
	}
	return first, true
}

// invisible is what keyboards and copying leave before a text.
func invisible(r rune) bool {
	return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' || '\u2066' <= r && r <= '\u2069'
}

// strip takes the address off: the prefix in any case, the full user id (what a
// pill becomes), or the display name with a colon where the bot is mentioned.
func (a address) strip(line string, mentioned bool) (string, bool) {
	if rest, ok := cutFold(line, a.Prefix); ok && startsBlank(rest) {
		return rest, true
	}
	if rest, ok := cutFold(line, string(a.Bot)); ok {
		rest = strings.TrimLeft(rest, ":,")
		if startsBlank(rest) {
			return rest, true
		}
	}
	if rest, ok := cutFold(line, a.DisplayName+":"); ok && mentioned && a.DisplayName != "" {
		return rest, true
	}
	return "", false
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}

func startsBlank(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s == "" || unicode.IsSpace(r)
}

// typed is what the person wrote. The plain body is closest to that; the HTML is
// read only where it knows more: who a pill means, what is code, what a quote.
func typed(c *content) string {
	body := c.Body
	if c.RelatesTo.InReplyTo.EventID != "" {
		body = withoutFallback(body)
	}
	html := c.FormattedBody
	if c.Format != string(event.FormatHTML) || len(html) > maxHTML || !knowsMore(html) || quotesCode(body) {
		return body
	}
	return reader.Parse(event.TrimReplyFallbackHTML(html), format.NewContext(context.Background()))
}

// maxHTML bounds what is parsed; no command needs more.
const maxHTML = 64 << 10

func knowsMore(html string) bool {
	return strings.Contains(html, "matrix.to/") || strings.Contains(html, "matrix:") || strings.Contains(html, "<code") || strings.Contains(html, "<pre")
}

// quotesCode reports whether a message begins with inline code: a command that
// somebody talks about. A block of code is one that they give.
func quotesCode(body string) bool {
	body = strings.TrimLeftFunc(body, unicode.IsSpace)
	return strings.HasPrefix(body, "`") && !strings.HasPrefix(body, "```")
}

// reader turns HTML back into what was typed. It has no state.
var reader = &format.HTMLParser{
	Newline:        "\n",
	HorizontalLine: "\n---\n",
	PillConverter: func(name, mxid, eventID string, _ format.Context) string {
		switch {
		case mxid == "":
			return name
		case eventID != "":
			return fmt.Sprintf("https://matrix.to/#/%s/%s", mxid, eventID)
		}
		return mxid
	},
	LinkConverter:           func(text, _ string, _ format.Context) string { return text },
	BoldConverter:           func(text string, _ format.Context) string { return "**" + text + "**" },
	ItalicConverter:         func(text string, _ format.Context) string { return "_" + text + "_" },
	MonospaceConverter:      func(text string, _ format.Context) string { return text },
	MonospaceBlockConverter: func(code, _ string, _ format.Context) string { return code },
}

// withoutFallback drops the quoted lines that old clients put before a reply
// (specification, client-server API 11.19.1.1).
func withoutFallback(body string) string {
	for strings.HasPrefix(body, "> ") || body == ">" {
		_, rest, found := strings.Cut(body, "\n")
		if !found {
			return ""
		}
		body = rest
	}
	return strings.TrimLeft(body, "\n")
}
