package matrix

import (
	"bytes"
	"encoding/json"
	"strings"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

// answered is the result of a request: the answer itself, or, in a room, word that it comes by direct message when there
// is a secret in it.
func answered(env *commands.Env, found admin.Answer[json.RawMessage]) commands.Result {
	if masked, secret := admin.MaskJSON(found.Raw); secret && env.Door != commands.DoorTerminal {
		return secretAnswer{masked, answer{found}}
	}
	return answer{found}
}

// answer is whatever the server said.
type answer struct{ admin.Answer[json.RawMessage] }

// View shows an object as fields and the lists of objects in it as tables.
func (a answer) View() render.Doc {
	var object map[string]json.RawMessage
	switch {
	case json.Unmarshal(a.Raw, &object) == nil && object != nil:
		return a.object(object)
	case isList(a.Raw):
		return render.Doc{render.Rows(a.Raw, "")}
	}
	return render.Doc{render.Code{Text: string(a.Raw)}}
}

func (a answer) object(members map[string]json.RawMessage) render.Doc {
	var facts render.Fields
	var tables render.Doc
	seen := map[string]bool{}
	for _, field := range render.Object(a.Raw) {
		key, _, inList := strings.Cut(field.Name, "[")
		switch {
		case !inList || !isList(members[key]):
			facts = append(facts, field)
		case !seen[key]:
			seen[key] = true
			tables = append(tables, render.Heading{render.Outside(key)}, render.Rows(a.Raw, key))
		}
	}
	switch {
	case len(facts) > 0:
		return append(render.Doc{facts}, tables...)
	case len(tables) == 0:
		return render.Doc{render.Para{render.Text("Done. The answer is empty.")}}
	}
	return tables
}

// isList reports whether raw is a list that begins with an object.
func isList(raw json.RawMessage) bool {
	var list []json.RawMessage
	return json.Unmarshal(raw, &list) == nil && len(list) > 0 && bytes.HasPrefix(bytes.TrimSpace(list[0]), []byte("{"))
}

// secretAnswer is an answer that a room must not see.
type secretAnswer struct {
	masked json.RawMessage
	whole  answer
}

// MarshalJSON gives the answer without its secrets.
func (s secretAnswer) MarshalJSON() ([]byte, error) { return s.masked, nil }

// View says where the answer is.
func (s secretAnswer) View() render.Doc {
	return render.Doc{render.Para{render.Text("The answer holds a secret. You get it in a direct message.")}}
}

// SecretView shows the answer.
func (s secretAnswer) SecretView() render.Doc {
	var indented bytes.Buffer
	if json.Indent(&indented, s.whole.Raw, "", "  ") != nil {
		return s.whole.View()
	}
	return render.Doc{render.Code{Text: indented.String()}}
}
