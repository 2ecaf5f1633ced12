package render

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// pprintWidth is the line length that Python's pprint aims at.
const pprintWidth = 80

// pprint renders JSON as a Python literal, laid out like Python's pprint: keys sorted, on one line where it fits.
func pprint(raw []byte) ([]byte, error) {
	v, err := decode(raw)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	pythonValue(&b, v, 0, 0)
	return []byte(b.String() + "\n"), nil
}

// pythonValue writes v, which starts at column indent and is followed by tail closing brackets and commas.
func pythonValue(b *strings.Builder, v any, indent, tail int) {
	if flat := pythonFlat(v); indent+len([]rune(flat))+tail <= pprintWidth {
		b.WriteString(flat)
		return
	}
	switch x := v.(type) {
	case map[string]any:
		b.WriteByte('{')
		for i, key := range slices.Sorted(maps.Keys(x)) {
			if i > 0 {
				b.WriteString(",\n" + blanks(indent+1))
			}
			name := pythonString(key) + ": "
			b.WriteString(name)
			pythonValue(b, x[key], indent+1+len([]rune(name)), pythonTail(i, len(x), tail))
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, entry := range x {
			if i > 0 {
				b.WriteString(",\n" + blanks(indent+1))
			}
			pythonValue(b, entry, indent+1, pythonTail(i, len(x), tail))
		}
		b.WriteByte(']')
	default:
		b.WriteString(pythonFlat(v))
	}
}

// pythonTail is what follows entry i of n on its line: a comma, or the closing bracket and what follows that.
func pythonTail(i, n, tail int) int {
	if i < n-1 {
		return 1
	}
	return tail + 1
}

// pythonFlat is v on one line.
func pythonFlat(v any) string {
	switch x := v.(type) {
	case map[string]any:
		parts := make([]string, 0, len(x))
		for _, key := range slices.Sorted(maps.Keys(x)) {
			parts = append(parts, pythonString(key)+": "+pythonFlat(x[key]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		parts := make([]string, 0, len(x))
		for _, entry := range x {
			parts = append(parts, pythonFlat(entry))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case string:
		return pythonString(x)
	case json.Number:
		return pythonNumber(x)
	case bool:
		if x {
			return "True"
		}
		return "False"
	}
	return "None"
}

// pythonNumber is what repr makes of a number: exponents from 1e+16 and 1e-05 on, a point in every other fraction.
func pythonNumber(n json.Number) string {
	s := n.String()
	if !strings.ContainsAny(s, ".eE") {
		return s
	}
	f, err := n.Float64()
	if err != nil {
		return s
	}
	if abs := max(f, -f); abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s = strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// pythonString is what repr makes of a string: single quotes unless only those occur in it, escapes for what cannot be
// seen.
func pythonString(s string) string {
	quote := '\''
	if strings.ContainsRune(s, '\'') && !strings.ContainsRune(s, '"') {
		quote = '"'
	}
	var b strings.Builder
	b.WriteRune(quote)
	for _, r := range s {
		b.WriteString(pythonRune(r, quote))
	}
	b.WriteRune(quote)
	return b.String()
}

func pythonRune(r, quote rune) string {
	switch {
	case r == quote || r == '\\':
		return `\` + string(r)
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r == ' ' || unicode.IsPrint(r):
		return string(r)
	case r <= 0xff:
		return fmt.Sprintf(`\x%02x`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}
