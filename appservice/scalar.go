package appservice

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
)

// number leaves the rules about leading zeros and exponents to encoding/json, for which numbers are short.
func (s *scanner) number() bool {
	start := s.pos
	for s.pos < len(s.data) && isNumeric(s.data[s.pos]) {
		s.pos++
	}
	text := s.data[start:s.pos]
	if len(text) > 0 && len(text) < 20 && text[0] >= '1' && onlyDigits(text) {
		return true
	}
	return json.Valid(text)
}

func isNumeric(c byte) bool {
	return c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'
}

func onlyDigits(text []byte) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// str consumes a string.
func (s *scanner) str() bool {
	if s.pos >= len(s.data) || s.data[s.pos] != '"' {
		return false
	}
	for i := s.pos + 1; i < len(s.data); i++ {
		switch c := s.data[i]; {
		case c == '"':
			s.pos = i + 1
			return true
		case c < ' ':
			return false
		case c == '\\':
			n := escapeLength(s.data[i:])
			if n == 0 {
				return false
			}
			i += n - 1
		}
	}
	return false
}

// escapeLength is the length of the escape sequence at the start of text, 0 where it is none.
func escapeLength(text []byte) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(text) < 6 {
			return 0
		}
		if _, err := hex.Decode(make([]byte, 2), text[2:6]); err != nil {
			return 0
		}
		return 6
	}
	return 0
}

// unquote decodes a JSON string; ok is false for every other value.
func unquote(raw []byte) (s string, ok bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", false
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1]), true
	}
	return s, json.Unmarshal(raw, &s) == nil
}
