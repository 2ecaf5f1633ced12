package commands

import (
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"time"

	"caretaker/render"
)

// Times is embedded by the arguments of commands whose answer has times. As in
// synadm, --dt puts dates in the place of the server's milliseconds in machine
// formats, too; --ts shows the milliseconds also to people.
type Times struct {
	DateTime  bool `long:"datetime" alias:"dt" help:"Show times as dates, in machine formats too."`
	Timestamp bool `long:"timestamp" alias:"ts" help:"Show times as milliseconds since 1970."`
}

// Validate refuses both at once. Arguments with a Validate of their own call it.
func (t Times) Validate() error {
	if t.DateTime && t.Timestamp {
		return errors.New("--datetime and --timestamp contradict each other")
	}
	return nil
}

// Cell shows a moment given in milliseconds as the options say; 0 is unknown.
func (t Times) Cell(ms int64) render.Inline {
	if t.Timestamp && ms != 0 {
		return render.Int(ms)
	}
	return render.Millis(ms)
}

var (
	jsonNumber = regexp.MustCompile(`"([a-z_]+)"\s*:\s*(\d+)`) // within a string, a quote would follow a backslash
	numberTail = regexp.MustCompile(`\d+$`)
)

// Dated is a server's answer with dates in the place of the milliseconds under
// these keys, if the options say so. Everything else stays as it is.
func (t Times) Dated(raw json.RawMessage, zone *time.Location, keys ...string) json.RawMessage {
	if !t.DateTime {
		return raw
	}
	wanted := map[string]bool{}
	for _, key := range keys {
		wanted[key] = true
	}
	return jsonNumber.ReplaceAllFunc(raw, func(pair []byte) []byte {
		parts := jsonNumber.FindSubmatch(pair)
		ms, err := strconv.ParseInt(string(parts[2]), 10, 64)
		if err != nil || !wanted[string(parts[1])] {
			return pair
		}
		date := time.UnixMilli(ms).In(zone).Format(time.DateTime)
		return numberTail.ReplaceAll(pair, []byte(`"`+date+`"`))
	})
}
