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
		if s := compare(c, words); s.distance <= c.slack() {
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

// slack is how many slips a name may have and still be meant.
func (c *Command) slack() int { return max(2, len(c.Name)/3) }

// compare finds the number of typed words that fits a name best: one less and
// one more than it has, since blanks get lost and slip in.
func compare(c *Command, words []string) suggestion {
	best := suggestion{command: c, distance: 1 << 20}
	parts := strings.Split(c.Name, " ")
	try := func(n, slips int, name string) {
		typed := strings.ToLower(strings.Join(words[:n], " "))
		if slips+abs(len(typed)-len(name)) > c.slack() {
			return // too far off, whatever the letters are
		}
		if d := slips + distance(typed, name); d < best.distance {
			best.distance, best.words = d, n
		}
	}
	for n := max(1, len(parts)-1); n <= min(len(parts)+1, len(words)); n++ {
		try(n, 0, c.Name)
		if n == len(parts) && n > 1 {
			swapped := slices.Clone(parts)
			slices.Reverse(swapped)
			try(n, 1, strings.Join(swapped, " "))
		}
		if n == len(parts)-1 { // "lock bob" lacks the group
			try(n, 2, strings.Join(parts[1:], " "))
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

// distance counts the slips between two texts (Damerau and Levenshtein): letters
// inserted, left out or mistaken, or two neighbours swapped, even when another
// letter slipped in between them.
func distance(a, b string) int {
	x, y := []rune(clip(a, 80)), []rune(clip(b, 80))
	width := len(y) + 1
	d := make([]int, (len(x)+1)*width) // d[i*width+j] is between the first i letters of x and j of y
	for j := range width {
		d[j] = j
	}
	lastRow := make([]int, width) // by j: the last row above whose letter is the jth of y, 0 for none
	for i := 1; i <= len(x); i++ {
		d[i*width] = i
		lastColumn := 0 // the last column to the left whose letter is the ith of x
		for j := 1; j < width; j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			least := min(d[(i-1)*width+j-1]+cost, d[i*width+j-1]+1, d[(i-1)*width+j]+1)
			if k, l := lastRow[j], lastColumn; k > 0 && l > 0 {
				least = min(least, d[(k-1)*width+l-1]+(i-k-1)+1+(j-l-1))
			}
			d[i*width+j] = least
			if cost == 0 {
				lastColumn, lastRow[j] = j, i
			}
		}
	}
	return d[len(d)-1]
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
