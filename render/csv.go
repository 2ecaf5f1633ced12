package render

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// CSV renders the first Table of doc with all its columns, else its first Fields as one row below their names, as
// RFC 4180 with line feeds. Times are RFC 3339 in UTC, sizes and numbers plain, unknown values empty. Text from outside
// is whole; where a spreadsheet would take it for a formula, a "'" stands before it. A doc with neither is empty.
func CSV(doc Doc) []byte {
	var rows [][]string
	if i := firstTable(doc); i >= 0 {
		rows = csvTable(doc[i].(Table))
	} else if i := slices.IndexFunc(doc, isFields); i >= 0 {
		rows = csvFields(doc[i].(Fields))
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.WriteAll(rows) // a bytes.Buffer takes everything
	return b.Bytes()
}

func csvTable(t Table) [][]string {
	rows := [][]string{make([]string, len(t.Columns))}
	for i, c := range t.Columns {
		rows[0][i] = csvLabel(c.Name)
	}
	for _, row := range t.Rows {
		line := make([]string, len(t.Columns))
		for i := range min(len(row), len(line)) {
			line[i] = csvCell(row[i])
		}
		rows = append(rows, line)
	}
	return rows
}

func csvFields(fields Fields) [][]string {
	rows := make([][]string, 2)
	for _, f := range fields {
		rows[0] = append(rows[0], csvLabel(f.Name))
		rows[1] = append(rows[1], csvCell(f.Value))
	}
	return rows
}

func csvLabel(name string) string { return unformula(clean(name)) }

func csvCell(in Inline) string {
	v := voice{medium: inCSV}
	var b strings.Builder
	foreign := false
	for _, p := range v.pieces(in) {
		b.WriteString(p.text)
		foreign = foreign || p.foreign
	}
	if foreign {
		return unformula(b.String())
	}
	return b.String()
}

// unformula keeps spreadsheets from calculating, also those that read fullwidth signs like the plain ones.
func unformula(s string) string {
	r, _ := utf8.DecodeRuneInString(s)
	if strings.ContainsRune("=+-@\t\r＝＋－＠", r) && s != "" {
		return "'" + s
	}
	return s
}

func firstTable(doc Doc) int {
	return slices.IndexFunc(doc, func(b Block) bool { _, ok := b.(Table); return ok })
}

func isFields(b Block) bool { _, ok := b.(Fields); return ok }

// Select keeps the named columns of doc's first table, in that order and in any case; they are all required then. The
// error names the column that the table does not have, and those that it has.
func Select(doc Doc, names []string) (Doc, error) {
	at := firstTable(doc)
	if at < 0 {
		return nil, fmt.Errorf("this answer has no table to choose columns from")
	}
	t := doc[at].(Table)
	order := make([]int, len(names))
	picked := Table{Columns: make([]Column, len(names))}
	for i, name := range names {
		at := slices.IndexFunc(t.Columns, func(c Column) bool { return strings.EqualFold(c.Name, strings.TrimSpace(name)) })
		if at < 0 {
			return nil, fmt.Errorf("there is no column %q; the columns are %s", name, columnNames(t))
		}
		order[i], picked.Columns[i] = at, t.Columns[at]
		// Chosen by hand means wanted, and in this order.
		picked.Columns[i].Optional = false
		picked.Columns[i].Free = t.Columns[at].Free && i == len(names)-1
	}
	for _, row := range t.Rows {
		line := make([]Inline, len(order))
		for i, at := range order {
			if at < len(row) {
				line[i] = row[at]
			}
		}
		picked.Rows = append(picked.Rows, line)
	}
	doc = slices.Clone(doc)
	doc[at] = picked
	return doc, nil
}

// CheckColumns reports the first of names that doc's first table does not have.
func CheckColumns(doc Doc, names []string) error {
	if len(names) == 0 {
		return nil
	}
	_, err := Select(doc, names)
	return err
}

func columnNames(t Table) string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}
