package render

import "strings"

// grid is a table worded for one target and laid out: which columns are shown, in which order, how wide.
type grid struct {
	cols []gridColumn
	rows [][][]piece // row, column as in cols, pieces of the cell
	gap  int
}

type gridColumn struct {
	head  piece
	width int // cells
	Column
}

// minFree is how narrow a free column may become before something else has to give way.
const minFree = 8

// worded makes a grid of all columns, the free ones last, as wide as they want to be.
func (v voice) worded(t Table) grid {
	v.cell, v.limit = true, longCell
	if v.medium == inCSV {
		v.limit = 0
	}
	g := grid{gap: 2}
	order := make([]int, 0, len(t.Columns))
	for _, free := range []bool{false, true} {
		for i, c := range t.Columns {
			if c.Free == free {
				order = append(order, i)
				head := v.label(c.Name)
				g.cols = append(g.cols, gridColumn{head: head, width: cells(head.text), Column: c})
			}
		}
	}
	for _, row := range t.Rows {
		worded := make([][]piece, len(order))
		for at, i := range order {
			var in Inline
			if i < len(row) {
				in = row[i]
			}
			worded[at] = v.pieces(in)
			g.cols[at].width = max(g.cols[at].width, lineCells(worded[at]))
		}
		g.rows = append(g.rows, worded)
	}
	return g
}

// fit narrows the grid to width cells, first the gaps, then by leaving out optional columns from the end, while the
// last free column takes what is left over. The result is false when the required columns need more.
func (g grid) fit(width int) (grid, bool) {
	for {
		for _, gap := range []int{2, 1} {
			if fitted, ok := g.squeeze(width, gap); ok {
				return fitted, true
			}
		}
		last := -1
		for i, c := range g.cols {
			if c.Optional {
				last = i
			}
		}
		if last < 0 || len(g.cols) == 1 {
			return g, false
		}
		g = g.without(last)
	}
}

// squeeze gives the last column, if it is free, the cells that the others leave.
func (g grid) squeeze(width, gap int) (grid, bool) {
	g.gap = gap
	total := g.total()
	if total <= width {
		return g, true
	}
	if len(g.cols) == 0 {
		return g, false
	}
	last := g.cols[len(g.cols)-1]
	left := last.width - (total - width)
	if !last.Free || left < max(minFree, cells(last.head.text)) {
		return g, false
	}
	last.width = left
	g.cols = append(append([]gridColumn{}, g.cols[:len(g.cols)-1]...), last)
	return g, true
}

// total is the width of a full line.
func (g grid) total() int {
	n := g.gap * (len(g.cols) - 1)
	for _, c := range g.cols {
		n += c.width
	}
	return n
}

func (g grid) without(col int) grid {
	drop := grid{gap: g.gap}
	drop.cols = append(append(drop.cols, g.cols[:col]...), g.cols[col+1:]...)
	for _, row := range g.rows {
		drop.rows = append(drop.rows, append(append([][]piece{}, row[:col]...), row[col+1:]...))
	}
	return drop
}

// lines is the grid as lines of pieces: heading, a rule of "-", rows. The last column is not padded.
func (g grid) lines() [][]piece {
	head := make([][]piece, len(g.cols))
	rule := make([][]piece, len(g.cols))
	for i, c := range g.cols {
		head[i] = []piece{c.head}
		rule[i] = []piece{{text: strings.Repeat("-", c.width)}}
	}
	lines := [][]piece{g.compose(head), g.compose(rule)}
	for _, row := range g.rows {
		lines = append(lines, g.compose(row))
	}
	return lines
}

func (g grid) compose(row [][]piece) []piece {
	var line []piece
	for i, c := range g.cols {
		cell := cutLine(row[i], c.width)
		pad := piece{text: blanks(c.width - lineCells(cell))}
		last := i == len(g.cols)-1
		switch {
		case c.Right:
			line = append(append(line, pad), cell...)
		case last:
			line = append(line, cell...)
		default:
			line = append(append(line, cell...), pad)
		}
		if !last {
			line = append(line, piece{text: blanks(g.gap)})
		}
	}
	return line
}

// lineCells is the width of pieces one after the other.
func lineCells(line []piece) int {
	n := 0
	for _, p := range line {
		n += cells(p.text)
	}
	return n
}

// cutLine shortens a line of pieces to width cells, ending in "…" where something is missing.
func cutLine(line []piece, width int) []piece {
	if lineCells(line) <= width {
		return line
	}
	var out []piece
	for i, p := range line {
		w := cells(p.text)
		if w > width || w == width && i < len(line)-1 {
			p.text = cut(p.text+" …", width) // the addition makes it too long in either case
			return append(out, p)
		}
		out = append(out, p)
		width -= w
	}
	return out
}
