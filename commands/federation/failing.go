package federation

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

// pageSize is how many rows are read at a time when all are.
const pageSize = 1000

// failing reads all pages and keeps the servers that cannot be reached.
func (a *listArgs) failing(ctx context.Context, api lister) (commands.Result, error) {
	found := failures{Rows: []json.RawMessage{}}
	seen := map[string]bool{} // rows move when the list changes between pages
	for from, more := 0, true; more; {
		page, err := api.Destinations(ctx, a.query(from, pageSize))
		if err != nil {
			return nil, err
		}
		found.requests++
		if err := found.add(page, seen); err != nil {
			return nil, err
		}
		before := from
		from, more = page.Value.NextToken.Offset()
		more = more && from > before
	}
	return found, nil
}

// failures are the servers that cannot be reached. It is composed of the server's own rows.
type failures struct {
	Rows  []json.RawMessage `json:"destinations"`
	Total int               `json:"total"`

	destinations []admin.Destination
	requests     int
}

func (f *failures) add(page admin.Answer[admin.DestinationPage], seen map[string]bool) error {
	var raw struct {
		Rows []json.RawMessage `json:"destinations"`
	}
	if err := json.Unmarshal(page.Raw, &raw); err != nil {
		return fmt.Errorf("read destinations: %w", err)
	}
	for i, d := range page.Value.Destinations {
		if !d.Failing() || seen[d.Destination] {
			continue
		}
		seen[d.Destination] = true
		f.Rows = append(f.Rows, raw.Rows[i])
		f.destinations = append(f.destinations, d)
		f.Total++
	}
	return nil
}

// View shows a table, and how it came about.
func (f failures) View() render.Doc {
	doc := render.Doc{render.Heading{render.Text("All servers can be reached, as far as is known")}}
	if f.Total > 0 {
		doc = render.Doc{render.Heading{plural(f.Total, "server cannot be reached", "servers cannot be reached")}, table(f.destinations)}
	}
	return append(doc, render.Para{render.Text("Out of all pages, by "), plural(f.requests, "request", "requests"), render.Text(".")})
}

// state says in a word how a server can be reached.
func state(d admin.Destination) string {
	if d.Failing() {
		return "failing"
	}
	return "ok"
}

// every is the time between tries.
func every(ms int64) render.Inline {
	if ms == 0 {
		return render.Unknown{}
	}
	return render.Text("every " + length(time.Duration(ms)*time.Millisecond))
}

// length says how long in one unit: "10 min", "3 h", "7 d".
func length(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d d", d/(24*time.Hour))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return fmt.Sprintf("%d s", d/time.Second)
}
