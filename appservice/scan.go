package appservice

import "bytes"

// maxDepth is how deep an event may be nested. Real ones stay below ten.
const maxDepth = 512

// scanner walks JSON once, without recursion, and hands out parts of it instead of building values. Every method starts
// at the position where the one before ended and reports false where the text is not what it looks for.
//
// encoding/json would do, were it not that one malformed or absurdly nested event spoils the whole transaction for it.
type scanner struct {
	data []byte
	pos  int
}

// members calls visit with every key of an object; visit has to consume the value.
func (s *scanner) members(visit func(key string) bool) bool {
	return s.list('{', '}', func() bool {
		key, ok := s.key()
		return ok && visit(key)
	})
}

// elements calls visit for every element of an array; visit has to consume it.
func (s *scanner) elements(visit func() bool) bool {
	return s.list('[', ']', visit)
}

func (s *scanner) list(opening, closing byte, visit func() bool) bool {
	if !s.take(opening) {
		return false
	}
	if s.take(closing) {
		return true
	}
	for visit() {
		if s.take(closing) {
			return true
		}
		if !s.take(',') {
			return false
		}
	}
	return false
}

// key reads the name of a member and the colon.
func (s *scanner) key() (string, bool) {
	s.space()
	start := s.pos
	if !s.str() {
		return "", false
	}
	key, ok := unquote(s.data[start:s.pos])
	return key, ok && s.take(':')
}

// value consumes one value of any kind, checks that it is well-formed, and returns its text.
func (s *scanner) value() ([]byte, bool) {
	s.space()
	start := s.pos
	ok := s.wellFormed()
	return s.data[start:s.pos], ok
}

func (s *scanner) wellFormed() bool {
	switch c := s.peek(); c {
	case '{', '[':
		return s.container()
	default:
		return s.scalar(c)
	}
}

// container keeps the open brackets on a stack of its own.
func (s *scanner) container() bool {
	var open [maxDepth]byte // the closing brackets that are due
	depth := 0
	for {
		switch c := s.peek(); c {
		case '{', '[':
			if depth == maxDepth {
				return false
			}
			s.pos++
			open[depth] = c + 2 // '}' and ']' are two behind their opening brackets
			depth++
			if !s.take(c + 2) {
				if c == '{' && !s.name() {
					return false
				}
				continue // with the first value in it
			}
			depth--
		default:
			if !s.scalar(c) {
				return false
			}
		}
		for depth > 0 && s.take(open[depth-1]) {
			depth--
		}
		if depth == 0 {
			return true
		}
		if !s.take(',') || open[depth-1] == '}' && !s.name() {
			return false
		}
	}
}

// name consumes the name of a member and the colon.
func (s *scanner) name() bool {
	s.space()
	return s.str() && s.take(':')
}

func (s *scanner) scalar(c byte) bool {
	switch c {
	case '"':
		return s.str()
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	}
	return s.number()
}

func (s *scanner) word(word string) bool {
	if !bytes.HasPrefix(s.data[s.pos:], []byte(word)) {
		return false
	}
	s.pos += len(word)
	return true
}

// skip consumes a value by counting brackets only, whatever is between them. It finds the end of a malformed event, so
// that the next one can be read.
func (s *scanner) skip() ([]byte, bool) {
	s.space()
	start, depth := s.pos, 0
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; c {
		case '"':
			if !s.skipString() {
				return nil, false
			}
			continue
		case '{', '[':
			depth++
		case '}', ']', ',':
			if depth == 0 {
				return s.data[start:s.pos], s.pos > start
			}
			if c != ',' {
				depth--
			}
		}
		s.pos++
	}
	return nil, false
}

// skipString consumes a string, control characters and wrong escapes included.
func (s *scanner) skipString() bool {
	for i := s.pos + 1; i < len(s.data); i++ {
		switch s.data[i] {
		case '\\':
			i++
		case '"':
			s.pos = i + 1
			return true
		}
	}
	return false
}

// end tells whether nothing but space follows.
func (s *scanner) end() bool {
	s.space()
	return s.pos == len(s.data)
}

// take consumes space and then c, if that is what follows.
func (s *scanner) take(c byte) bool {
	s.space()
	if s.pos < len(s.data) && s.data[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

// peek consumes space and returns what follows, 0 at the end.
func (s *scanner) peek() byte {
	s.space()
	if s.pos < len(s.data) {
		return s.data[s.pos]
	}
	return 0
}

func (s *scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\n', '\r', '\t':
			s.pos++
		default:
			return
		}
	}
}
