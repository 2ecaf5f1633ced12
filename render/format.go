package render

import (
	"fmt"
	"strings"
)

// Format is the value of -o/--output.
type Format string

// The formats; the first letter is the short form, but for ndjson, which has none.
const (
	YAML     Format = "yaml"
	JSON     Format = "json"
	Minified Format = "minified"
	NDJSON   Format = "ndjson"
	Human    Format = "human"
	Pprint   Format = "pprint"
	AsTable  Format = "table"
	AsCSV    Format = "csv"
)

// Formats lists all formats in the order of the documentation.
func Formats() []Format {
	return []Format{YAML, JSON, Minified, NDJSON, Human, Pprint, AsTable, AsCSV}
}

// ParseFormat reads a format or its short form (y j m h p t c), in any case.
func ParseFormat(s string) (Format, error) {
	want := strings.ToLower(strings.TrimSpace(s))
	names := make([]string, 0, 8)
	for _, f := range Formats() {
		if want == string(f) || f != NDJSON && want == string(f[:1]) {
			return f, nil
		}
		names = append(names, string(f))
	}
	return "", fmt.Errorf("%q is not an output format; use %s", s, strings.Join(names, ", "))
}

// String is the long form.
func (f Format) String() string { return string(f) }

// Machine reports whether the format shows the value itself (see Machine the function); human, table and csv show its
// document instead.
func (f Format) Machine() bool {
	switch f {
	case YAML, JSON, Minified, NDJSON, Pprint:
		return true
	}
	return false
}

// ContentType is the media type of a file in this format.
func (f Format) ContentType() string {
	switch f {
	case YAML:
		return "application/yaml"
	case JSON, Minified:
		return "application/json"
	case NDJSON:
		return "application/x-ndjson"
	case AsCSV:
		return "text/csv; charset=utf-8"
	}
	return "text/plain; charset=utf-8"
}

// Extension is the end of a file name in this format, with its dot.
func (f Format) Extension() string {
	switch f {
	case YAML, NDJSON:
		return "." + string(f)
	case JSON, Minified:
		return ".json"
	case AsCSV:
		return ".csv"
	}
	return ".txt"
}
