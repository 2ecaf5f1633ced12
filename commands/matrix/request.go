package matrix

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

// request is embedded by the arguments of commands that send a request as it is given.
type request struct {
	Endpoint string             `arg:"ENDPOINT" help:"Path below the API's root, with a query or without. What must be encoded in it, you encode."`
	Method   string             `short:"m" default:"get" enum:"get|post|put|delete" help:"HTTP method."`
	Data     commands.JSON      `short:"d" body:"true" help:"Body, if the method is not get. Without it: {}."`
	DataFile commands.LocalFile `short:"f" help:"File with the body; - is standard input."`

	stdin io.Reader       // nil: standard input
	body  json.RawMessage // read from the file, which may be possible once only
}

// Validate refuses what would leave the API, and two bodies.
func (r *request) Validate() error {
	if r.Data != "" && r.DataFile != "" {
		return errors.New("--data and --data-file cannot be used together")
	}
	_, err := admin.ParseEndpoint(r.Endpoint)
	switch {
	case errors.Is(err, admin.ErrTokenInQuery):
		return &commands.UsageError{Message: "ENDPOINT " + err.Error(), Secret: true}
	case err != nil:
		return fmt.Errorf("ENDPOINT: %q %w", r.Endpoint, err)
	}
	return nil
}

// Risk is the highest there is for everything that is no reading: nobody knows what the request does.
func (r *request) Risk() (commands.Risk, commands.Role) {
	if r.reads() {
		return commands.Read, commands.Owner
	}
	return commands.Catastrophic, commands.Owner
}

func (r *request) reads() bool { return strings.EqualFold(r.Method, http.MethodGet) }

// made is the request as the provider takes it.
func (r *request) made() (admin.RawRequest, error) {
	endpoint, err := admin.ParseEndpoint(r.Endpoint)
	if err != nil {
		return admin.RawRequest{}, err
	}
	made := admin.RawRequest{Method: strings.ToUpper(r.Method), Endpoint: endpoint}
	if !r.reads() {
		made.Body, err = r.content()
	}
	return made, err
}

// content is the body: from the option, from the file, or empty.
func (r *request) content() (json.RawMessage, error) {
	if r.DataFile == "" {
		return json.RawMessage(cmp.Or(string(r.Data), "{}")), nil
	}
	if r.body == nil {
		text, err := r.read()
		if err != nil {
			return nil, err
		}
		r.body = text
	}
	return r.body, nil
}

// largest is how many bytes a body may have.
const largest = 16 << 20

func (r *request) read() (json.RawMessage, error) {
	source := cmp.Or[io.Reader](r.stdin, os.Stdin)
	if r.DataFile != "-" {
		file, err := os.Open(string(r.DataFile))
		if err != nil {
			return nil, unreadable(r.DataFile, err)
		}
		defer file.Close()
		source = file
	}
	text, err := io.ReadAll(io.LimitReader(source, largest+1))
	switch {
	case err != nil:
		return nil, unreadable(r.DataFile, err)
	case len(text) > largest:
		return nil, admin.Failed("the file %s is too large for a request", r.DataFile)
	case !json.Valid(text):
		return nil, &commands.UsageError{Message: fmt.Sprintf("the content of %s is not JSON", r.DataFile)}
	}
	return text, nil
}

func unreadable(file commands.LocalFile, err error) error {
	e := admin.Failed("the file %s cannot be read", file)
	e.Cause = err
	return e
}

// preview shows a request before it is sent.
type preview struct{ made admin.RawRequest }

// View shows method, path and body, which nobody checks.
func (p preview) View() render.Doc {
	text := p.made.Method + " " + p.made.Endpoint.Path
	if query := p.made.Endpoint.Query.Encode(); query != "" {
		text += "?" + query
	}
	masked, _ := admin.MaskJSON(p.made.Body)
	return render.Doc{
		render.Para{render.Text("Send this as it is? What it does is not checked, and may not be undone.")},
		render.Code{Text: text + "\n" + string(masked)},
	}
}
