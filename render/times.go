package render

import (
	"strconv"
	"time"
)

// moment words a time: relative where people chat, in the machine's zone where synadm's users read it, RFC 3339 for
// spreadsheets.
func (v voice) moment(t time.Time) string {
	switch v.medium {
	case inCSV:
		return t.UTC().Format(time.RFC3339)
	case inTerminal:
		return t.In(v.zone()).Format(time.DateTime)
	}
	t = t.In(v.zone())
	away := v.Now.Sub(t)
	switch {
	case v.Now.IsZero() && v.cell:
		return t.Format("2006-01-02 15:04")
	case v.Now.IsZero():
		return t.Format("2006-01-02 15:04 MST")
	case v.cell && away.Abs() >= 48*time.Hour:
		return t.Format(time.DateOnly)
	case v.cell:
		return relative(away, true)
	}
	return t.Format("2006-01-02 15:04 MST") + " (" + relative(away, false) + ")"
}

// spans are the units of relative times: each serves up to its limit.
var spans = []struct {
	unit, limit time.Duration
	short, long string
}{
	{time.Minute, time.Hour, "min", "minute"},
	{time.Hour, 48 * time.Hour, "h", "hour"},
	{24 * time.Hour, 60 * 24 * time.Hour, "d", "day"},
	{30 * 24 * time.Hour, 2 * 365 * 24 * time.Hour, "mo", "month"},
	{365 * 24 * time.Hour, 1<<63 - 1, "y", "year"},
}

// relative words the distance to a moment, positive for the past: "3 hours ago", "in 2 days", short "3 h ago".
func relative(away time.Duration, short bool) string {
	past, d := away >= 0, away.Abs()
	if d < time.Minute {
		return "just now"
	}
	text := ""
	for _, s := range spans {
		if d >= s.limit {
			continue
		}
		n := int(d / s.unit)
		text = strconv.Itoa(n) + " " + s.long
		if n != 1 {
			text += "s"
		}
		if short {
			text = strconv.Itoa(n) + " " + s.short
		}
		break
	}
	if past {
		return text + " ago"
	}
	return "in " + text
}
