package synapse

import (
	_ "embed" // for the table
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// sendsTable says what each method of API sends: one line for each request, with the method's name, the operation and
// those fields of the body that matter to somebody, separated by tabs. It is what [SendsTable] gives, kept in a file
// since a program that looks up methods by their names in the end contains all methods of all its types, and a tenth
// more of it is in memory.
//
//go:embed sends.txt
var sendsTable string

// sends returns the requests that a method makes.
func sends(method string) []traced {
	var requests []traced
	for line := range strings.Lines(sendsTable) {
		if rest, ok := strings.CutPrefix(line, method+"\t"); ok {
			op, fields, _ := strings.Cut(strings.TrimSuffix(rest, "\n"), "\t")
			requests = append(requests, traced{operation(op), strings.Fields(fields)})
		}
	}
	return requests
}

// SendsTable makes the content of sends.txt out of the methods themselves. It is for the generator of that file.
func SendsTable() string {
	var table strings.Builder
	api := reflect.TypeFor[*API]()
	for i := range api.NumMethod() {
		var lines []string
		for _, t := range trace(api.Method(i).Name) {
			fields := slices.DeleteFunc(t.fields, func(field string) bool { return !matters(field) })
			slices.Sort(fields)
			line := fmt.Sprintf("%s\t%s\t%s", api.Method(i).Name, t.op, strings.Join(fields, " "))
			lines = append(lines, strings.TrimSuffix(line, "\t")+"\n")
		}
		slices.Sort(lines)
		table.WriteString(strings.Join(slices.Compact(lines), ""))
	}
	return table.String()
}

// matters reports whether what becomes of a request can depend on the field.
func matters(field string) bool {
	return slices.ContainsFunc(losses, func(l loss) bool { return l.field == field })
}
