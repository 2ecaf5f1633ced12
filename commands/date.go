package commands

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Date is a moment that somebody typed. The zone is the one it was read in.
type Date struct{ time.Time }

// Milli is the moment in milliseconds since 1970, as Matrix counts; 0 for none.
func (d Date) Milli() int64 {
	if d.IsZero() {
		return 0
	}
	return d.UnixMilli()
}

// dateLayouts are synadm's three forms, RFC 3339 and what lies between.
var dateLayouts = []string{
	time.DateOnly, "2006-01-02T15:04:05", time.DateTime, "2006-01-02T15:04", "2006-01-02 15:04",
	time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04Z07:00",
}

var errDate = errors.New("is not a date (want 2024-01-31, 2024-01-31 18:00, RFC 3339, 90d, 2 weeks ago, tomorrow 18:00)")

// ParseDate reads a date as people type it. Without a zone it is read in zone. A
// bare duration counts back from now, or ahead where ahead says so.
func ParseDate(text string, now time.Time, zone *time.Location, ahead bool) (Date, error) {
	text, zone = cutZone(strings.Join(strings.Fields(text), " "), zone)
	now = now.In(zone).Truncate(time.Second)
	if t, ok := parseAbsolute(text, zone); ok {
		return inRange(t)
	}
	lower := strings.ToLower(text)
	if t, ok := parseDay(lower, now); ok {
		return inRange(t)
	}
	if rest, found := strings.CutSuffix(lower, " ago"); found {
		lower, ahead = rest, false
	} else if rest, found := strings.CutPrefix(lower, "in "); found {
		lower, ahead = rest, true
	}
	d, err := ParseDuration(lower)
	if err != nil {
		return Date{}, errDate
	}
	if !ahead {
		d = -d
	}
	return inRange(now.Add(d))
}

// inRange keeps dates to what a homeserver's milliseconds and RFC 3339 can hold.
func inRange(t time.Time) (Date, error) {
	if t.Year() < 1970 || t.Year() > 9999 {
		return Date{}, errors.New("lies outside the years 1970 to 9999")
	}
	return Date{t.Truncate(time.Millisecond)}, nil
}

// cutZone cuts a name such as UTC or Europe/Berlin off the end.
func cutZone(text string, zone *time.Location) (string, *time.Location) {
	head, name, found := cutLast(text, " ")
	if !found || name == "Local" {
		return text, zone
	}
	named, err := time.LoadLocation(name)
	if err != nil {
		return text, zone
	}
	return head, named
}

func parseAbsolute(text string, zone *time.Location) (time.Time, bool) {
	for _, layout := range dateLayouts {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// parseDay reads "now", "today", "yesterday" and "tomorrow", with an optional time of day.
func parseDay(text string, now time.Time) (time.Time, bool) {
	if text == "now" {
		return now, true
	}
	day, clock, _ := strings.Cut(text, " ")
	offset, known := map[string]int{"yesterday": -1, "today": 0, "tomorrow": 1}[day]
	if !known {
		return time.Time{}, false
	}
	at := time.Time{}
	if clock != "" {
		var err error
		if at, err = time.Parse("15:04", strings.TrimPrefix(clock, "at ")); err != nil {
			return time.Time{}, false
		}
	}
	return time.Date(now.Year(), now.Month(), now.Day()+offset, at.Hour(), at.Minute(), 0, 0, now.Location()), true
}

var (
	durationPart = regexp.MustCompile(`^(\d+(?:\.\d+)?)\s*([a-z]+)\s*`)
	units        = map[string]time.Duration{
		"s": time.Second, "sec": time.Second, "second": time.Second,
		"m": time.Minute, "min": time.Minute, "minute": time.Minute,
		"h": time.Hour, "hour": time.Hour, "d": 24 * time.Hour, "day": 24 * time.Hour,
		"w": 7 * 24 * time.Hour, "week": 7 * 24 * time.Hour, "month": 30 * 24 * time.Hour, "mo": 30 * 24 * time.Hour,
		"y": 365 * 24 * time.Hour, "year": 365 * 24 * time.Hour,
	}
)

// ParseDuration reads "90d", "1h30m", "2 weeks", exact to a millisecond. Days have
// 24 hours, months 30 days.
func ParseDuration(text string) (time.Duration, error) {
	rest := strings.ToLower(strings.TrimSpace(text))
	if rest == "" {
		return 0, errors.New("is empty (want 90d, 12h, 30m)")
	}
	var total time.Duration
	for rest != "" {
		part := durationPart.FindStringSubmatch(rest)
		if part == nil {
			return 0, errors.New("is not a duration (want 90d, 12h, 30m)")
		}
		unit, known := units[part[2]]
		if singular := strings.TrimSuffix(part[2], "s"); !known && len(singular) > 1 { // 5ms is not 5 minutes
			unit, known = units[singular]
		}
		if !known {
			return 0, errors.New("has an unknown unit (want s, m, h, d, w or y)")
		}
		n, err := strconv.ParseFloat(part[1], 64)
		if err != nil || n*float64(unit)+float64(total) > math.MaxInt64/2 {
			return 0, errors.New("is longer than 146 years")
		}
		total += time.Duration(n * float64(unit)).Round(time.Millisecond)
		rest = rest[len(part[0]):]
	}
	return total, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
