package commands_test

import (
	"errors"
	"strings"
	"testing"

	"caretaker/commands"
)

// What people type, on phones and desktops, and what was meant. Words in the wanted
// text are separated by | and begin with ' where they were quoted.
func TestTokenise(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ line, want, body string }{
		"nothing":                       {"", "", ""},
		"only blanks":                   {" \t\u00a0 ", "", ""},
		"plain":                         {"user list -d", "user|list|-d", ""},
		"doubled and no-break blanks":   {" user\u00a0\u00a0list  \u202f-d ", "user|list|-d", ""},
		"blanks of other widths":        {"user\u2003list\u3000bob", "user|list|bob", ""},
		"zero-width blanks":             {"user\u200b list\ufeff", "user|list", ""},
		"straight quotes":               {`a "b c" d`, "a|'b c|d", ""},
		"typographic quotes":            {"a “b c” d", "a|'b c|d", ""},
		"German quotes":                 {"a „b c“ d", "a|'b c|d", ""},
		"quotes the wrong way round":    {"a ”b c” d", "a|'b c|d", ""},
		"guillemets":                    {"a «b c» »d e«", "a|'b c|'d e", ""},
		"one quote replaced":            {`a “b c" d`, "a|'b c|d", ""},
		"single quotes":                 {"a 'b c' d", "a|'b c|d", ""},
		"typographic single quotes":     {"a ‘b c’ ‚d e‘", "a|'b c|'d e", ""},
		"apostrophe":                    {"don't don’t", "don't|don’t", ""},
		"apostrophe in single quotes":   {"'it isn't' x", "'it isn't|x", ""},
		"double within single":          {`'say "no" now'`, `'say "no" now`, ""},
		"single within double":          {`"it's 'so'"`, "'it's 'so'", ""},
		"escaped quote":                 {`"say \"no\" now"`, `'say "no" now`, ""},
		"escaped typographic quote":     {`“say \”no\” now”`, `'say ”no” now`, ""},
		"escaped backslash":             {`"a\\" b`, `'a\|b`, ""},
		"backslash elsewhere":           {`"C:\dir" a\b`, `'C:\dir|a\b`, ""},
		"empty quotes":                  {`a "" ''`, "a|'|'", ""},
		"quotes within a word":          {`a"b"c`, `a"b"c`, ""},
		"quoted value of an option":     {`--reason="a b" -m=“c d” –n=‘e f’`, "--reason=a b|-m=c d|-n=e f", ""},
		"quote after a second =":        {`--reason=a="b`, `--reason=a="b`, ""},
		"quote after = of a word":       {`a="b`, `a="b`, ""},
		"quoted option":                 {`"--block" '-b'`, "'--block|'-b", ""},
		"em dash":                       {"—block", "--block", ""},
		"en dash and letter":            {"–b", "-b", ""},
		"en dash and word":              {"–block", "--block", ""},
		"em dash and letter":            {"—b", "--b", ""},
		"two dashes":                    {"––block –—x ‑‑y", "--block|--x|--y", ""},
		"hyphen and dash":               {"-–block", "--block", ""},
		"minus sign":                    {"−1 −20 ‐5", "-1|-20|-5", ""},
		"dash with a value":             {"–n=5 —limit=5 –limit=5", "-n=5|--limit=5|--limit=5", ""},
		"dash alone":                    {"— –", "--|--", ""},
		"hyphens stay":                  {"- -- --- -5 --a–b", "-|--|---|-5|--a–b", ""},
		"dashes in quotes and words":    {"“—x” a–b", "'—x|a–b", ""},
		"alias":                         {"#spam:example.org", "#spam:example.org", ""},
		"isolates of our own answers":   {"user details \u2068@bob:example.org\u2069", "user|details|@bob:example.org", ""},
		"other isolates":                {"\u2066a\u2069 \u2067b\u2069", "a|b", ""},
		"at sign that notifies nobody":  {"＠bob", "@bob", ""},
		"body":                          {"notice send bob\nHello,\n  world", "notice|send|bob", "Hello,\n  world"},
		"body of another system":        {"a\r\nb\r\nc\r\n", "a", "b\nc"},
		"empty lines around the body":   {"a\n\n\nb\n\n", "a", "b"},
		"blank body":                    {"a\n \n\u00a0\n", "a", ""},
		"quotes and dashes in the body": {"a\n“—b", "a", "“—b"},
		"nothing on the first line":     {"\nb", "", "b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line, err := commands.Tokenise(test.line)
			if err != nil {
				t.Fatalf("%q: %v", test.line, err)
			}
			if got := shown(line); got != test.want || line.Body != test.body {
				t.Errorf("%q: got %q with the body %q, want %q with %q", test.line, got, line.Body, test.want, test.body)
			}
		})
	}
}

func shown(line commands.Line) string {
	words := make([]string, len(line.Words))
	for i, word := range line.Words {
		words[i] = word.Text
		if word.Quoted {
			words[i] = "'" + word.Text
		}
	}
	return strings.Join(words, "|")
}

// Errors name the place, and the words before it are known.
func TestTokeniseRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ line, want, before string }{
		"unclosed":               {`user list "bob`, "the quote that opens at character 11 is not closed on its line", "user|list"},
		"unclosed after umlauts": {`über “bob`, "the quote that opens at character 6 is not closed on its line", "über"},
		"unclosed single":        {`a 'tis`, "the quote that opens at character 3 is not closed on its line", "a"},
		"unclosed value":         {`a --b="c`, "the quote that opens at character 7 is not closed on its line", "a"},
		"closed on another line": {"a \"b\nc\"", "the quote that opens at character 3 is not closed on its line", "a"},
		"escaped end":            {`a "b\"`, "the quote that opens at character 3 is not closed on its line", "a"},
		"ends within a word":     {`a "b"c`, `the quote at character 5 ends within a word; a quote inside quotes is written \"`, "a"},
		"quotes in quotes":       {`a “say "no" now”`, `the quote at character 8 ends within a word; a quote inside quotes is written \"`, "a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line, err := commands.Tokenise(test.line)
			usage, ok := errors.AsType[*commands.UsageError](err)
			if !ok || usage.Message != test.want {
				t.Errorf("%q: got %v, want %q", test.line, err, test.want)
			}
			if got := shown(line); got != test.before {
				t.Errorf("%q: got the words %q before, want %q", test.line, got, test.before)
			}
		})
	}
}

func TestWordsOfATerminal(t *testing.T) {
	t.Parallel()
	line := commands.Words([]string{"user", "über uns", "--x", ""})
	for i, want := range []commands.Word{{Text: "user"}, {Text: "über uns", Pos: 5}, {Text: "--x", Pos: 14}, {Pos: 18}} {
		if line.Words[i] != want {
			t.Errorf("word %d: got %+v, want %+v", i, line.Words[i], want)
		}
	}
}

func FuzzTokenise(f *testing.F) {
	for _, seed := range []string{
		"user list -dgn bob", "a “b c” ‘d e’ — –n=5 −1", "\u2068＠bob\u2069 \"x\\\"y\"\nbody\r\n", `--reason="a b" it's`, "\xff\x00'",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		line, err := commands.Tokenise(text)
		if _, ok := errors.AsType[*commands.UsageError](err); err != nil && !ok {
			t.Fatalf("%q: got %T, want a usage error", text, err)
		}
		first, _, _ := strings.Cut(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
		end := -1
		for _, word := range line.Words {
			if word.Pos <= end || word.Pos >= len(first) {
				t.Fatalf("%q: %q is said to be at %d", text, word.Text, word.Pos)
			}
			end = word.Pos
			if strings.Contains(word.Text, "\n") || word.Text == "" && !word.Quoted {
				t.Fatalf("%q: got the word %+v", text, word)
			}
		}
	})
}
