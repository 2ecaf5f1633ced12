package main

import (
	"slices"
	"testing"
)

// Global options count in front of a service command as well as behind it.
func TestAsService(t *testing.T) {
	t.Parallel()
	known := services()
	for name, test := range map[string]struct {
		args []string
		want serviceCall
		no   bool
	}{
		"plain":                      {args: []string{"run"}, want: serviceCall{name: "run"}},
		"configuration in front":     {args: []string{"-c", "f", "run"}, want: serviceCall{name: "run", config: "f"}},
		"configuration behind":       {args: []string{"run", "--config-file=f"}, want: serviceCall{name: "run", config: "f"}},
		"batch in front":             {args: []string{"--batch", "init", "--dir", "d"}, want: serviceCall{name: "init", args: []string{"--dir", "d"}}},
		"batch is config's own":      {args: []string{"--batch", "config"}, want: serviceCall{name: "config", args: []string{"--batch"}}},
		"value that names a service": {args: []string{"--reason", "run", "user", "list"}, no: true},
		"a command of the registry":  {args: []string{"-o", "json", "user", "list"}, no: true},
		"nothing":                    {no: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := asService(test.args, known)
			if ok == test.no {
				t.Fatalf("got service: %t", ok)
			}
			if got.name != test.want.name || got.config != test.want.config || !slices.Equal(got.args, test.want.args) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}
