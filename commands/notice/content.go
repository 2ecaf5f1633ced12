package notice

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"maunium.net/go/mautrix/format"

	"caretaker/admin"
)

// content is what the user gets: text and HTML.
func (a *sendArgs) content() (admin.NoticeContent, error) {
	if a.Markdown != "" {
		return admin.TextNotice(string(a.Markdown), format.RenderMarkdown(string(a.Markdown), true, false).FormattedBody), nil
	}
	text, formatted := string(a.Text), string(a.Formatted)
	if a.FromFile {
		var err error
		if text, formatted, err = readBoth(text, formatted); err != nil {
			return admin.NoticeContent{}, err
		}
	}
	if strings.TrimSpace(text) == "" {
		return admin.NoticeContent{}, admin.Failed("the notice is empty")
	}
	if formatted == "" {
		formatted = asHTML(text)
	}
	return admin.TextNotice(text, formatted), nil
}

// asHTML is the HTML form of a text that was given without one: the text itself,
// which may hold HTML; one that does not keeps its lines.
func asHTML(text string) string {
	if strings.Contains(text, "<") {
		return text
	}
	return strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "<br>")
}

func readBoth(textFile, formattedFile string) (text, formatted string, err error) {
	if text, err = read(textFile); err != nil || formattedFile == "" {
		return text, "", err
	}
	formatted, err = read(formattedFile)
	return text, formatted, err
}

// largest is more than any event may have.
const largest = 64 << 10

func read(name string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", unreadable(name, err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, largest+1))
	switch {
	case err != nil:
		return "", unreadable(name, err)
	case len(text) > largest:
		return "", admin.Failed("the file %s is too large for a message", name)
	}
	return string(text), nil
}

func unreadable(name string, err error) error {
	why := "it cannot be opened"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		why = "it does not exist"
	case errors.Is(err, fs.ErrPermission):
		why = "it may not be read"
	}
	e := admin.Failed("cannot read the file %s: %s", name, why)
	e.Cause = err
	return e
}
