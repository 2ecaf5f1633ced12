package bot

import (
	"context"
	"fmt"

	"maunium.net/go/mautrix/event"

	"caretaker/commands"
	"caretaker/render"
)

// inlineLimit is how much machine-readable output stands in the room; more is a file.
const inlineLimit = 10_000

// compose makes the answer: words, a code block, or a file.
func (b *Bot) compose(ctx context.Context, t target, call *commands.Call, out commands.Outcome) composed {
	if _, silent := out.Result.(commands.Silent); silent && out.Err == nil {
		return composed{}
	}
	key := outcomeKey{Status: out.Status, Ref: out.Ref}
	doc := b.outcomeDoc(call, out)
	if format, wanted := machineFormat(call, out); wanted {
		if a, ok := b.composeData(ctx, t, call, out, format, key); ok {
			return a
		}
		doc = append(doc, render.Para{render.Text("The file with the " + string(format) + " output could not be uploaded.")})
	}
	shown, rest := firstRows(doc, commands.RoomRows)
	a := composed{}
	if paged, ok := out.Result.(commands.Paged); ok && out.Err == nil && paged.NextFrom() != "" {
		if line, ok := call.With("from", paged.NextFrom()); ok {
			a.next = line
			shown = append(shown, render.Para{render.Text("More: "), render.Command("next"), render.Text(" or ▶")})
		}
	}
	if rest > 0 {
		a.file = b.attach(ctx, t, call, render.AsCSV, render.CSV(doc), nil)
		shown = append(shown, restNote(rest, a.file != nil))
	}
	var cut bool
	a.message, cut = b.notice(t, shown, key, false)
	if cut && a.file == nil && out.Err == nil && !isSecret(out) {
		a.file = b.attachAll(ctx, t, call, out)
	}
	return a
}

func restNote(rest int, attached bool) render.Block {
	if attached {
		return render.Para{render.Text(fmt.Sprintf("%d more rows are in the file.", rest))}
	}
	return render.Para{render.Text(fmt.Sprintf("%d more rows are not shown: the file with them could not be uploaded.", rest))}
}

// machineFormat is the format that was asked for, where there is something to show
// in it.
func machineFormat(call *commands.Call, out commands.Outcome) (render.Format, bool) {
	format, err := call.Globals.Format(render.Human)
	wanted := err == nil && format != render.Human && format != render.AsTable
	return format, wanted && out.Err == nil && out.Again == nil && !isSecret(out)
}

func isSecret(out commands.Outcome) bool {
	_, secret := out.Result.(commands.Secretive)
	return secret
}

// composeData answers with the machine-readable form.
func (b *Bot) composeData(ctx context.Context, t target, call *commands.Call, out commands.Outcome, format render.Format, key outcomeKey) (composed, bool) {
	data, err := encode(call, out, format)
	if err != nil {
		b.Log.Error().Err(err).Str("format", string(format)).Msg("result cannot be encoded")
		return composed{}, false
	}
	if len(data) <= inlineLimit {
		m, cut := b.notice(t, render.Doc{render.Code{Text: string(data)}}, key, false)
		if !cut { // quotes take much room in HTML
			return composed{message: m}, true
		}
	}
	key.Event, key.Command = t.Event, t.Name
	file := b.attach(ctx, t, call, format, data, &key)
	return composed{message: file}, file != nil
}

func encode(call *commands.Call, out commands.Outcome, format render.Format) ([]byte, error) {
	var value any = out.Result
	var doc render.Doc
	if call.Env.DryRun && call.Changes() {
		value, doc = commands.DryRun(out.Requests), out.DryRunDoc()
	} else if out.Result != nil {
		doc = out.Result.View()
	}
	if !format.Machine() {
		return render.CSV(doc), nil
	}
	return render.Machine(format, value)
}

func (b *Bot) attachAll(ctx context.Context, t target, call *commands.Call, out commands.Outcome) *message {
	data, err := encode(call, out, render.JSON)
	if err != nil {
		return nil
	}
	return b.attach(ctx, t, call, render.JSON, data, nil)
}

// attach uploads a file and gives the message that shows it, nil when that fails.
func (b *Bot) attach(ctx context.Context, t target, call *commands.Call, format render.Format, data []byte, key *outcomeKey) *message {
	name := call.Command.Permission() + format.Extension()
	ctx, cancel := context.WithTimeout(ctx, attemptTime)
	defer cancel()
	up, err := b.Client.UploadBytesWithName(ctx, data, format.ContentType(), name)
	if err != nil {
		b.Log.Warn().Err(err).Msg("file cannot be uploaded")
		return nil
	}
	return &message{
		MsgType: string(event.MsgFile), Body: name, FileName: name, URL: string(up.ContentURI.CUString()),
		Info: &fileInfo{MimeType: format.ContentType(), Size: len(data)}, RelatesTo: t.reply(), Outcome: key,
	}
}

// firstRows cuts the first table and tells how many rows it lost.
func firstRows(doc render.Doc, most int) (render.Doc, int) {
	for i, block := range doc {
		table, ok := block.(render.Table)
		if !ok || len(table.Rows) <= most {
			continue
		}
		shown := append(render.Doc{}, doc...)
		rest := len(table.Rows) - most
		table.Rows = table.Rows[:most]
		shown[i] = table
		return shown, rest
	}
	return append(render.Doc{}, doc...), 0
}

// helpPage is the answer to --help.
type helpPage struct {
	command *commands.Command
	prefix  string
}

// View implements [commands.Result].
func (h helpPage) View() render.Doc { return h.command.Help(h.prefix, commands.DoorRoom) }
