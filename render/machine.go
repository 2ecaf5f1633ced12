package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// Machine renders a value for scripts, as exactly one document that ends with a line feed: json (four spaces), minified
// (one line), ndjson (one row per line), yaml (keys sorted) or pprint (a Python literal). What encoding/json makes of v
// is the document, so a json.RawMessage or an answer that marshals as one keeps the server's order and numbers.
// Characters that nobody sees, bidirectional controls among them, are written as escapes: the same value, but no
// trick on a terminal.
func Machine(format Format, v any) ([]byte, error) {
	if format == JSON {
		return indent(v)
	}
	raw, err := encode(v)
	if err != nil {
		return nil, err
	}
	switch format {
	case Minified:
		return closeLine(escapeHidden(raw, escapeJSON)), nil
	case NDJSON:
		return ndjson(raw)
	case YAML:
		return yamlDocument(raw)
	case Pprint:
		return pprint(raw)
	}
	return nil, fmt.Errorf("%s is not made from a value", format)
}

// indent is v as JSON for reading. What a value marshals itself as is laid out without passing through the encoder first.
func indent(v any) ([]byte, error) {
	raw, err := marshal(v)
	if err != nil {
		return nil, err
	}
	laid, err := indentJSON(raw)
	if err != nil {
		return nil, fmt.Errorf("indent JSON: %w", err)
	}
	return closeLine(escapeHidden(laid, escapeJSON)), nil
}

func marshal(v any) ([]byte, error) {
	own, ok := v.(json.Marshaler)
	if !ok {
		return encode(v)
	}
	raw, err := own.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("encode result: %w", err)
	}
	return raw, nil
}

// encode is v as compact JSON, with < > & as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode result: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// decode reads JSON into maps, slices, strings, json.Number, bool and nil.
func decode(raw []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("decode result: %w", err)
	}
	return v, nil
}

// ndjson writes the rows of a list, or of an object whose only value beside scalars is a list; anything else is one row.
func ndjson(raw []byte) ([]byte, error) {
	rows, ok, err := rowsOf(raw)
	if err != nil {
		return nil, err
	}
	if !ok {
		rows = []json.RawMessage{raw}
	}
	var b bytes.Buffer
	for _, row := range rows {
		b.Write(row)
		b.WriteByte('\n')
	}
	return escapeHidden(b.Bytes(), escapeJSON), nil
}

func rowsOf(raw []byte) (rows []json.RawMessage, ok bool, err error) {
	list := json.RawMessage(raw)
	if kind(raw) == '{' {
		keys, err := members(raw)
		if err != nil {
			return nil, false, err
		}
		keys = slices.DeleteFunc(keys, func(m member) bool { return kind(m.raw) != '{' && kind(m.raw) != '[' })
		if len(keys) != 1 {
			return nil, false, nil
		}
		list = keys[0].raw
	}
	if kind(list) != '[' {
		return nil, false, nil
	}
	if err := json.Unmarshal(list, &rows); err != nil {
		return nil, false, fmt.Errorf("read rows: %w", err)
	}
	return rows, true, nil
}

// kind is the first byte of a JSON value: one of { [ " t f n - 0…9, or 0 for nothing.
func kind(raw []byte) byte {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	if len(raw) == 0 {
		return 0
	}
	return raw[0]
}

func closeLine(b []byte) []byte { return append(b, '\n') }

// mustEscape reports whether a rune is written as an escape in machine formats: those without a visible shape.
func mustEscape(r rune) bool {
	return r == 0x7f || 0x80 <= r && r < 0xa0 || lineBreak(r) && r > 0x7f || r > 0x7f && hiddenRune(r)
}

// escapeHidden replaces what mustEscape names. In all our formats such runes stand within quotes only.
func escapeHidden(b []byte, escape func(rune) string) []byte {
	start := slices.IndexFunc(b, func(c byte) bool { return c >= 0x7f })
	if start < 0 {
		return b
	}
	out := append(make([]byte, 0, len(b)+64), b[:start]...)
	for i := start; i < len(b); {
		if b[i] < 0x7f {
			out = append(out, b[i])
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			out = utf8.AppendRune(out, utf8.RuneError)
		case mustEscape(r):
			out = append(out, escape(r)...)
		default:
			out = append(out, b[i:i+size]...)
		}
		i += size
	}
	return out
}

func escapeJSON(r rune) string {
	if hi, lo := utf16.EncodeRune(r); hi != utf8.RuneError {
		return fmt.Sprintf(`\u%04x\u%04x`, hi, lo)
	}
	return fmt.Sprintf(`\u%04x`, r)
}
