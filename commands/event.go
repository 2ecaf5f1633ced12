package commands

import (
	"bytes"
	"encoding/json"

	"caretaker/admin"
	"caretaker/render"
)

// EventText is what an event says, for one line: the text of a message, the
// content of anything else. It was written by others.
func EventText(e admin.Event) render.Inline {
	switch body := e.Body(); {
	case e.Redacted():
		return render.Text("redacted")
	case body != "":
		return render.Outside(body)
	case e.Type == "m.room.encrypted" && e.StateKey == nil:
		return render.Text("encrypted")
	}
	var content bytes.Buffer
	if json.Compact(&content, e.Content) != nil || content.String() == "{}" {
		return render.Unknown{}
	}
	return render.Outside(content.String())
}
