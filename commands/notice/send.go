package notice

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var sendCmd = commands.Define[sendArgs, sender](commands.Meta{
	Name:    "notice send",
	Summary: "Send a server notice to a user.",
	Detail: "TEXT and FORMATTED are the two forms of the message; without FORMATTED, clients that show HTML show TEXT. " +
		"Text on the following lines is Markdown.",
	Risk: commands.Reversible,
	Examples: []string{
		"notice send bob \"The server restarts at noon.\"",
		"notice send bob \"Restart at noon\" \"Restart at <b>noon</b>\"",
		"notice send bob\nDear Bob,\n\nthe server restarts at **noon**.",
		"notice send bob plain.txt formatted.html --from-file",
	},
})

// sender sends a notice. The same transaction id sends it once, however often it is called.
type sender interface {
	SendServerNotice(ctx context.Context, txnID string, user id.UserID, content any) (admin.Answer[admin.SentNotice], error)
}

type sendArgs struct {
	To        commands.UserRef `arg:"TO" help:"Who gets the notice."`
	Text      commands.Text    `arg:"[TEXT]" help:"What it says, in quotes."`
	Formatted commands.Text    `arg:"[FORMATTED]" help:"The same as HTML."`
	Markdown  commands.Text    `value:"TEXT" body:"true" help:"What it says, as Markdown."`
	FromFile  bool             `short:"f" door:"terminal" help:"TEXT and FORMATTED are names of files."`
}

// Validate wants the text exactly once.
func (a *sendArgs) Validate() error {
	switch {
	case a.Text == "" && a.Markdown == "":
		return errors.New("\"notice send\" needs TEXT: in quotes after the user, or on the following lines")
	case a.Text != "" && a.Markdown != "":
		return errors.New("the text is given twice; leave out TEXT or the following lines")
	case a.FromFile && a.Text == "":
		return errors.New("--from-file needs TEXT, the name of a file")
	case a.Formatted != "" && !a.FromFile && word(a.Text) && word(a.Formatted):
		return fmt.Errorf("text with blanks needs quotes, as in %q; only HTML stands alone after it", string(a.Text+" "+a.Formatted))
	}
	return nil
}

// word reports whether a text looks like one of several words of a sentence that nobody quoted.
func word(text commands.Text) bool {
	return !strings.ContainsFunc(string(text), unicode.IsSpace) && !strings.Contains(string(text), "<")
}

// Run sends the notice.
func (a *sendArgs) Run(ctx context.Context, env *commands.Env, api sender) (commands.Result, error) {
	content, err := a.content()
	if err != nil {
		return nil, err
	}
	answer, err := api.SendServerNotice(ctx, transaction(env.Event, a.To.UserID), a.To.UserID, content)
	if err != nil {
		return nil, err
	}
	return sent{answer, a.To.UserID}, nil
}

// transaction is the id under which the server sends a notice once: the same each
// time that a command in a room runs, another one for each recipient.
func transaction(command id.EventID, user id.UserID) string {
	if command == "" {
		return rand.Text()
	}
	sum := sha256.Sum256([]byte(string(command) + "\n" + string(user)))
	return "caretaker-" + hex.EncodeToString(sum[:16])
}

// sent is a notice that was sent.
type sent struct {
	admin.Answer[admin.SentNotice]
	user id.UserID
}

// View says to whom.
func (s sent) View() render.Doc {
	return render.Doc{
		render.Para{render.Text("Sent a notice to "), render.ID(s.user), render.Text(".")},
		render.Fields{{Name: "Event", Value: render.ID(s.Value.EventID)}},
	}
}
