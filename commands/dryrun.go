package commands

import (
	"encoding/json"
	"time"

	"caretaker/admin"
	"caretaker/render"
)

// DryRun is the machine-readable answer of a dry run.
type DryRun []admin.Request

// MarshalJSON writes {"dry_run": true, "requests": […]}.
func (d DryRun) MarshalJSON() ([]byte, error) {
	requests := []admin.Request(d)
	if requests == nil {
		requests = []admin.Request{}
	}
	return json.Marshal(struct {
		DryRun   bool            `json:"dry_run"`
		Requests []admin.Request `json:"requests"`
	}{true, requests})
}

// Matching is a [Result] of bulk work that a dry run shows as well: what it matches.
type Matching interface {
	Result
	Matches() int
}

// DryRunDoc shows what a dry run would have sent, and before that what bulk work matches.
func (o Outcome) DryRunDoc() render.Doc {
	doc := RequestsDoc(o.Requests)
	if found, ok := o.Result.(Matching); ok && found.Matches() > 0 {
		return append(found.View(), doc...)
	}
	return doc
}

// RequestsDoc shows the requests that a dry run did not send.
func RequestsDoc(requests []admin.Request) render.Doc {
	if len(requests) == 0 {
		return render.Doc{render.Para{render.Text("Nothing would be sent.")}}
	}
	doc := render.Doc{render.Para{render.Text("Nothing was sent. This would be:")}}
	for _, r := range requests {
		text := r.Method + " " + r.Path
		if r.Query != "" {
			text += "?" + r.Query
		}
		if r.Body != nil {
			if body, err := json.MarshalIndent(r.Body, "", "  "); err == nil {
				text += "\n" + string(body)
			}
		}
		doc = append(doc, render.Code{Text: text})
	}
	return doc
}

// DatesDoc repeats the dates that were read, with their zone.
func (c *Call) DatesDoc() render.Doc {
	if c.Args == nil {
		return nil
	}
	var doc render.Doc
	for _, date := range c.Dates() {
		doc = append(doc, render.Para{render.Text("The date was read as " + date.Format(time.RFC3339) + ".")})
	}
	return doc
}
