package commands

import (
	"cmp"
	"slices"
	"strings"
)

// suggestion is a command that the typed words may have meant.
type suggestion struct {
	command  *Command
	words    int // how many typed words stand for its name
	distance int
}

// suggest ranks the commands by how few slips turn the typed words into their
// names. Nothing is ever run by suggestion.
func (r *Registry) suggest(words []string, door Door) []suggestion {
	var found []suggestion
	for _, c := range r.All() {
		if !c.At(door) {
			continue
		}
		if s := compare(c, words); s.distance <= max(2, len(c.Name)/3) {
			found = append(found, s)
		}
	}
	first := strings.ToLower(words[0])
	slices.SortStableFunc(found, func(a, b suggestion) int {
		return cmp.Or(
			cmp.Compare(a.distance, b.distance),
			-compareBool(a.command.Group() == first, b.command.Group() == first),
			cmp.Compare(a.words, b.words),
			cmp.Compare(abs(len(a.command.Name)-len(strings.Join(words[:a.words], " "))), abs(len(b.command.Name)-len(strings.Join(words[:b.words], " ")))),
		)
	})
	return found[:min(3, len(found))]
}

// compare finds the number of typed words that fits a name best: one less and
// one more than it has, since blanks get lost and slip in.
func compare(c *Command, words []string) suggestion {
	best := suggestion{command: c, distance: 1 << 20}
	parts := strings.Split(c.Name, " ")
	for n := max(1, len(parts)-1); n <= min(len(parts)+1, len(words)); n++ {
		typed := strings.ToLower(strings.Join(words[:n], " "))
		d := distance(typed, c.Name)
		if n == len(parts) && n > 1 {
			swapped := slices.Clone(parts)
			slices.Reverse(swapped)
			d = min(d, 1+distance(typed, strings.Join(swapped, " ")))
		}
		if d < best.distance {
			best.distance, best.words = d, n
		}
	}
	return best
}

// nearest gives the names that are few slips away from the typed one, best first.
func nearest(typed string, names []string, most int) []string {
	type near struct {
		name string
		d    int
	}
	var found []near
	for _, name := range names {
		d := distance(strings.ToLower(typed), name)
		if strings.HasPrefix(name, typed) && len(typed) > 3 {
			d = min(d, 1)
		}
		if d <= max(1, len(name)/3) && (len(name) > 2 || d == 0 || strings.EqualFold(name, typed)) {
			found = append(found, near{name, d})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.d, b.d), cmp.Compare(abs(len(a.name)-len(typed)), abs(len(b.name)-len(typed))))
	})
	list := make([]string, 0, most)
	for _, n := range found[:min(most, len(found))] {
		list = append(list, n.name)
	}
	return list
}

// distance is the optimal string alignment distance: letters inserted, left out,
// mistaken, or two neighbours swapped.
func distance(a, b string) int {
	x, y := []rune(clip(a, 80)), []rune(clip(b, 80))
	before, row, next := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		next[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			next[j+1] = min(row[j+1]+1, next[j]+1, row[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(y)]
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func abs(n int) int { return max(n, -n) }
