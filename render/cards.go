package render

// cards is one entry of a list per row, for tables too wide for their room: the first cell in bold, then our own values
// in one line, then each text from outside in a line of its own, so that no name can pretend to be the next value.
func (g grid) cards() [][]piece {
	var cards [][]piece
	for _, row := range g.rows {
		cards = append(cards, g.card(row))
	}
	return cards
}

func (g grid) card(row [][]piece) []piece {
	var card, own, foreign []piece
	for i, cell := range row {
		cell = cutLine(cell, longID)
		switch {
		case i == 0:
			card = strong(cell)
		case g.cols[i].Optional && missing(cell):
		case outside(cell):
			foreign = append(append(foreign, piece{text: "\n"}), g.pair(i, cell)...)
		default:
			separator := ", "
			if own == nil {
				separator = "\n"
			}
			own = append(append(own, piece{text: separator}), g.pair(i, cell)...)
		}
	}
	return append(append(card, own...), foreign...)
}

func (g grid) pair(col int, cell []piece) []piece {
	return append([]piece{g.cols[col].head, {text: ": "}}, cell...)
}

func strong(line []piece) []piece {
	bold := append([]piece{}, line...)
	for i := range bold {
		bold[i].strong = true
	}
	return bold
}

// outside reports whether a cell has text from outside that is no identifier.
func outside(cell []piece) bool {
	for _, p := range cell {
		if p.foreign && !p.code {
			return true
		}
	}
	return false
}

func missing(cell []piece) bool {
	return len(cell) == 1 && cell[0].mark && cell[0].text == "–"
}
