package commands_test

import (
	"testing"
	"time"

	"caretaker/commands"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	location, err := time.LoadLocation(name)
	if err != nil {
		t.Skipf("this machine does not know zones: %v", err)
	}
	return location
}

// Everything is read at noon (UTC) on Monday, 2026-03-02, which is 13:00 in Berlin.
func TestParseDate(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	for text, want := range map[string]string{
		// synadm's forms, and shorter ones
		"2024-01-31":          "2024-01-31T00:00:00+01:00",
		"2024-07-31T18:00:05": "2024-07-31T18:00:05+02:00",
		"2024-07-31 18:00:05": "2024-07-31T18:00:05+02:00",
		"2024-07-31T18:00":    "2024-07-31T18:00:00+02:00",
		"2024-07-31  18:00":   "2024-07-31T18:00:00+02:00",
		// with a zone
		"2024-07-31T18:00:05Z":              "2024-07-31T18:00:05Z",
		"2024-07-31T18:00:05.123456-07:00":  "2024-07-31T18:00:05.123-07:00",
		"2024-07-31T18:00+02:00":            "2024-07-31T18:00:00+02:00",
		"2024-07-31 18:00:05+05:30":         "2024-07-31T18:00:05+05:30",
		"2024-07-31 18:00 UTC":              "2024-07-31T18:00:00Z",
		"2024-07-31 18:00:00 Asia/Kolkata":  "2024-07-31T18:00:00+05:30",
		"2024-07-31 America/New_York":       "2024-07-31T00:00:00-04:00",
		"2024-01-31 18:00 America/New_York": "2024-01-31T18:00:00-05:00",
		"tomorrow 18:00 America/New_York":   "2026-03-03T18:00:00-05:00",
		// clocks put forward and back
		"2024-03-31 01:59": "2024-03-31T01:59:00+01:00",
		"2024-03-31 02:30": "2024-03-31T03:30:00+02:00", // does not exist
		"2024-03-31 03:00": "2024-03-31T03:00:00+02:00",
		"2024-10-27 01:59": "2024-10-27T01:59:00+02:00",
		"2024-10-27 03:00": "2024-10-27T03:00:00+01:00",
		// days
		"now":               "2026-03-02T13:00:00+01:00",
		"Today":             "2026-03-02T00:00:00+01:00",
		"today 9:05":        "2026-03-02T09:05:00+01:00",
		"yesterday":         "2026-03-01T00:00:00+01:00",
		"tomorrow 18:00":    "2026-03-03T18:00:00+01:00",
		"Tomorrow at 18:00": "2026-03-03T18:00:00+01:00",
		// durations, which count back here
		"90d":            "2025-12-02T13:00:00+01:00",
		"2 weeks":        "2026-02-16T13:00:00+01:00",
		"2 weeks ago":    "2026-02-16T13:00:00+01:00",
		"1 week":         "2026-02-23T13:00:00+01:00",
		"in 2 weeks":     "2026-03-16T13:00:00+01:00",
		"1h30m":          "2026-03-02T11:30:00+01:00",
		"1 day 12 hours": "2026-03-01T01:00:00+01:00",
		"1.5 hours ago":  "2026-03-02T11:30:00+01:00",
		"1 month":        "2026-01-31T13:00:00+01:00",
		"1y":             "2025-03-02T13:00:00+01:00",
		"in 300d":        "2026-12-27T13:00:00+01:00",
		"in 30d":         "2026-04-01T14:00:00+02:00", // 24 hours each, over the change of clocks
		"0s":             "2026-03-02T13:00:00+01:00",
		// the ends
		"1970-01-02":           "1970-01-02T00:00:00+01:00",
		"9999-12-31T23:59:59Z": "9999-12-31T23:59:59Z",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, err := commands.ParseDate(text, now, berlin, false)
			if err != nil || got.Format(time.RFC3339Nano) != want {
				t.Errorf("%q: got %s (%v), want %s", text, got.Format(time.RFC3339Nano), err, want)
			}
		})
	}
	for text, want := range map[string]string{
		"90d":         "2026-05-31T12:00:00Z",
		"90d ago":     "2025-12-02T12:00:00Z",
		"in 1h":       "2026-03-02T13:00:00Z",
		"1h":          "2026-03-02T13:00:00Z",
		"today 08:00": "2026-03-02T08:00:00Z",
	} {
		if got, err := commands.ParseDate(text, now, time.UTC, true); err != nil || got.Format(time.RFC3339Nano) != want {
			t.Errorf("%q ahead: got %s (%v), want %s", text, got.Format(time.RFC3339Nano), err, want)
		}
	}
}

func TestParseDateRefuses(t *testing.T) {
	t.Parallel()
	const none = "is not a date (want 2024-01-31, 2024-01-31 18:00, RFC 3339, 90d, 2 weeks ago, tomorrow 18:00)"
	const outside = "lies outside the years 1970 to 9999"
	for text, want := range map[string]string{
		"": none, " ": none, "soon": none, "31.1.2024": none, "01/31/2024": none, "2024-02-30": none, "2024-1-31": none,
		"2024-01-31 25:00": none, "2024-01-31 18:00 Nowhere/City": none, "2024-01-31 Local": none, "2024-01-31 ../UTC": none,
		"2024-01-31 /etc/localtime": none, "tomorrow 18:00 sharp": none, "tomorrow 25:00": none, "90": none, "-90d": none, "90 fortnights": none,
		"5ms": none, "1.d": none, "90d ago ago": none, "in": none, "1709251200000": none, "200y": none, "1e9d": none,
		"99999999999999999999999999d": none, "1969-12-31": outside, "0000-01-01": outside, "100y": outside, "9999-12-31T23:59:59-01:00": "",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, err := commands.ParseDate(text, now, time.UTC, false)
			if want == "" {
				if err != nil {
					t.Errorf("%q: %v", text, err)
				}
				return
			}
			if err == nil || err.Error() != want {
				t.Errorf("%q: got %s (%v), want %q", text, got, err, want)
			}
		})
	}
}

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"90d": 90 * 24 * time.Hour, "1h30m": 90 * time.Minute, "2 Weeks": 14 * 24 * time.Hour, "0.25s": 250 * time.Millisecond,
		"1 min": time.Minute, "3 months": 90 * 24 * time.Hour, "2 mos": 60 * 24 * time.Hour, "0d": 0, " 5 secs ": 5 * time.Second,
	} {
		if got, err := commands.ParseDuration(text); err != nil || got != want {
			t.Errorf("%q: got %s (%v), want %s", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"": "is empty (want 90d, 12h, 30m)", "90": "is not a duration (want 90d, 12h, 30m)", "-1d": "is not a duration (want 90d, 12h, 30m)",
		"5ms": "has an unknown unit (want s, m, h, d, w or y)", "1ss": "has an unknown unit (want s, m, h, d, w or y)",
		"147y": "is longer than 146 years", "146y 1y": "is longer than 146 years",
	} {
		if got, err := commands.ParseDuration(text); err == nil || err.Error() != want {
			t.Errorf("%q: got %s (%v), want %q", text, got, err, want)
		}
	}
}

func TestDateInMilliseconds(t *testing.T) {
	t.Parallel()
	if got := (commands.Date{}).Milli(); got != 0 {
		t.Errorf("no date: got %d, want 0", got)
	}
	if got := (commands.Date{Time: now}).Milli(); got != now.UnixMilli() {
		t.Errorf("got %d, want %d", got, now.UnixMilli())
	}
}

func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"2024-01-31", "2024-07-31 18:00 Europe/Berlin", "2024-07-31T18:00:05.5+05:30", "90d", "2 weeks ago", "in 1h30m", "tomorrow at 18:00", "1.5 hours"} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, text string, ahead bool) {
		date, err := commands.ParseDate(text, now, time.UTC, ahead)
		if err != nil {
			return
		}
		if date.Milli() < -24*3600*1000 || date.Year() < 1970 || date.Year() > 9999 {
			t.Fatalf("%q is read as %s", text, date)
		}
		written := date.Format(time.RFC3339Nano)
		again, err := commands.ParseDate(written, now, time.UTC, !ahead)
		if err != nil || !again.Equal(date.Time) {
			t.Fatalf("%q is written as %q, which is read as %s (%v)", text, written, again, err)
		}
	})
}
