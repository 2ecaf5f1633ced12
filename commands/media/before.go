package media

import (
	"errors"
	"fmt"
	"time"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

// before chooses media by their last use, in synadm's three ways.
type before struct {
	BeforeDays *int          `short:"d" value:"DAYS" min:"0" help:"Media that nobody has used for this many days."`
	Before     commands.Date `short:"b" help:"Media that nobody has used since this date."`
	BeforeTS   *int64        `short:"t" long:"before-ts" value:"MILLISECONDS" min:"0" help:"The same in milliseconds since 1970."`
}

// given counts how many of the ways are used.
func (b before) given() int {
	n := 0
	for _, is := range []bool{b.BeforeDays != nil, !b.Before.IsZero(), b.BeforeTS != nil} {
		if is {
			n++
		}
	}
	return n
}

// at is the moment that is meant, in the zone of the caller.
func (b before) at(env *commands.Env) time.Time {
	switch {
	case b.BeforeDays != nil:
		return env.Now.In(env.Zone).AddDate(0, 0, -*b.BeforeDays)
	case b.BeforeTS != nil:
		return time.UnixMilli(*b.BeforeTS).In(env.Zone)
	}
	return b.Before.Time
}

// earliest is the least time that the server believes; it takes smaller numbers for seconds.
var earliest = time.UnixMilli(30_000_000_000)

// checked is at, unless the server would refuse it.
func (b before) checked(env *commands.Env) (time.Time, error) {
	at := b.at(env)
	if at.Before(earliest) {
		return at, admin.Failed("%s is too long ago for the server, which thinks that seconds were meant", written(at))
	}
	return at, nil
}

var errBefore = errors.New("exactly one of --before-days, --before and --before-ts is needed")

// written repeats a date so that nobody wonders how it was read.
func written(at time.Time) string { return at.Format(time.RFC3339) }

// The item of work by date is its moment, so that what was previewed is what runs,
// however long it waits.
func target(at time.Time) string { return at.Format(time.RFC3339Nano) }

func moment(target string, zone *time.Location) (time.Time, error) {
	at, err := time.Parse(time.RFC3339Nano, target)
	if err != nil {
		return at, fmt.Errorf("read the date of the work: %w", err)
	}
	return at.In(zone), nil
}

// datePreview says what a deletion by date would do. The server cannot count it beforehand.
type datePreview struct {
	At     string `json:"before"`
	what   string // the heading, up to the date
	future bool
	remark []string
}

// View implements [commands.Result].
func (p datePreview) View() render.Doc {
	list := render.List{}
	for _, remark := range p.remark {
		list = append(list, sentence(render.Text(remark)))
	}
	if p.future {
		list = append(list, sentence(render.Text("The date lies ahead, so this is all of them.")))
	}
	return render.Doc{render.Heading{render.Text(p.what + " before " + p.At)}, list}
}

// filePreview shows the one file that is about to be changed.
type filePreview struct {
	media commands.MediaRef
	Info  admin.Media `json:"media_info"`
	what  string
}

// View implements [commands.Result].
func (p filePreview) View() render.Doc {
	doc := render.Doc{render.Heading{render.Text(p.what)}}
	if p.Info.MediaID == "" { // a server that cannot tell
		return append(doc, render.Fields{{Name: "mxc_uri", Value: render.ID(p.media.String())}})
	}
	return append(doc, facts(p.media, p.Info))
}
