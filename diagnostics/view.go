package diagnostics

import (
	"fmt"
	"strings"

	"caretaker/render"
)

// View shows what failed first, each with what to paste, then what is fine.
func (r Report) View() render.Doc {
	var failed, passed []Check
	for _, check := range r.Checks {
		if check.OK {
			passed = append(passed, check)
		} else {
			failed = append(failed, check)
		}
	}
	doc := render.Doc{render.Heading{render.Text(headline(len(failed), len(r.Checks)))}}
	for _, check := range failed {
		doc = append(doc, check.fault()...)
	}
	return append(doc, fine(passed))
}

func headline(failed, all int) string {
	switch failed {
	case 0:
		return fmt.Sprintf("All %d checks passed", all)
	case 1:
		return fmt.Sprintf("1 of %d checks failed", all)
	}
	return fmt.Sprintf("%d of %d checks failed", failed, all)
}

// fault shows each fault with its remedy, and apart from them what is to be pasted.
func (c Check) fault() []render.Block {
	var blocks []render.Block
	for line := range strings.Lines(strings.TrimSuffix(c.Detail, c.paste)) {
		blocks = append(blocks, render.Para{render.Text("❌ "), render.Bold{render.Text(c.Label)}, render.Text(": "), render.Outside(strings.TrimSpace(line))})
	}
	if c.paste != "" {
		blocks = append(blocks, render.Code{Text: c.paste})
	}
	return blocks
}

func fine(passed []Check) render.List {
	list := make(render.List, len(passed))
	for i, check := range passed {
		list[i] = render.Para{render.Text("✅ "), render.Bold{render.Text(check.Label)}, render.Text(": "), render.Outside(check.Detail)}
	}
	return list
}
