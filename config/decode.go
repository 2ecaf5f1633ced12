package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// decoder fills a Config from YAML and collects everything that does not fit.
// It is our own because a configuration with five mistakes should be told about
// five mistakes, each with line and key.
type decoder struct {
	env      func(string) (string, bool)
	lines    map[string]int // where each key stands
	problems []Problem
}

var (
	secretType   = reflect.TypeFor[Secret]()
	durationType = reflect.TypeFor[time.Duration]()
	envReference = regexp.MustCompile(`\$\{([A-Z_][A-Z0-9_]*)\}`)
)

// decode reads the node into the value at key.
func (d *decoder) decode(node *yaml.Node, into reflect.Value, key string) {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	d.lines[key] = node.Line
	if node.Kind == yaml.ScalarNode && node.Tag == "!!null" {
		return // "hooks:" with nothing after it leaves the default
	}
	switch {
	case into.Type() == secretType, into.Type() == durationType:
		d.scalar(node, into, key)
	case into.Kind() == reflect.Struct:
		d.structure(node, into, key)
	case into.Kind() == reflect.Map:
		d.mapping(node, into, key)
	case into.Kind() == reflect.Slice:
		d.list(node, into, key)
	default:
		d.scalar(node, into, key)
	}
}

func (d *decoder) structure(node *yaml.Node, into reflect.Value, key string) {
	fields := fieldsOf(into.Type())
	for name, child := range d.pairs(node, key) {
		index := slices.Index(fields, name.Value)
		if index < 0 {
			d.unknown(name, key, fields)
			continue
		}
		d.decode(child, into.Field(index), join(key, name.Value))
	}
}

func (d *decoder) mapping(node *yaml.Node, into reflect.Value, key string) {
	into.Set(reflect.MakeMap(into.Type()))
	for name, child := range d.pairs(node, key) {
		value := reflect.New(into.Type().Elem()).Elem()
		d.decode(child, value, join(key, name.Value))
		into.SetMapIndex(reflect.ValueOf(name.Value), value)
	}
}

func (d *decoder) list(node *yaml.Node, into reflect.Value, key string) {
	if node.Kind != yaml.SequenceNode {
		d.add(node, key, "want a list, such as [a, b]")
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(node.Content), len(node.Content)))
	for i, child := range node.Content {
		d.decode(child, into.Index(i), fmt.Sprintf("%s[%d]", key, i))
	}
}

// pairs yields the keys and values of a mapping, each key once.
func (d *decoder) pairs(node *yaml.Node, key string) func(func(name, value *yaml.Node) bool) {
	return func(yield func(name, value *yaml.Node) bool) {
		if node.Kind != yaml.MappingNode {
			d.add(node, key, "want keys with values below it")
			return
		}
		seen := map[string]int{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			name := node.Content[i]
			if line := seen[name.Value]; line > 0 {
				d.add(name, join(key, name.Value), fmt.Sprintf("stands here for the second time, first in line %d; keep one", line))
				continue
			}
			seen[name.Value] = name.Line
			if !yield(name, node.Content[i+1]) {
				return
			}
		}
	}
}

func (d *decoder) scalar(node *yaml.Node, into reflect.Value, key string) {
	if node.Kind != yaml.ScalarNode {
		d.add(node, key, "want a single value")
		return
	}
	text, ok := d.expand(node, key)
	if !ok {
		return
	}
	if want := set(into, text); want != "" {
		d.add(node, key, fmt.Sprintf("%q is not %s", text, want))
	}
}

// expand replaces ${ENV_NAME} by the variable's value.
func (d *decoder) expand(node *yaml.Node, key string) (string, bool) {
	ok := true
	text := envReference.ReplaceAllStringFunc(node.Value, func(ref string) string {
		name := ref[2 : len(ref)-1]
		value, found := d.env(name)
		if !found {
			d.add(node, key, fmt.Sprintf("the environment variable %s is not set; set it or write the value itself", name))
			ok = false
		}
		return value
	})
	return text, ok
}

// set stores the text in a value of a plain type and says what was wanted if it does not fit.
func set(into reflect.Value, text string) (want string) {
	switch {
	case into.Type() == secretType:
		into.Set(reflect.ValueOf(NewSecret(text)))
	case into.Type() == durationType:
		duration, err := time.ParseDuration(text)
		if err != nil {
			return "a duration (want a number with unit: 30s, 10m or 168h)"
		}
		into.SetInt(int64(duration))
	case into.Kind() == reflect.String:
		into.SetString(text)
	case into.Kind() == reflect.Bool:
		truth, known := map[string]bool{"true": true, "false": false}[strings.ToLower(text)]
		if !known {
			return "true or false"
		}
		into.SetBool(truth)
	default:
		number, err := strconv.Atoi(text)
		if err != nil {
			return "a whole number"
		}
		into.SetInt(int64(number))
	}
	return ""
}

func (d *decoder) unknown(name *yaml.Node, key string, known []string) {
	text := "is no known key; remove it"
	if near := Nearest(name.Value, known); near != "" {
		text = fmt.Sprintf("is no known key; did you mean %s?", join(key, near))
	}
	d.add(name, join(key, name.Value), text)
}

func (d *decoder) add(node *yaml.Node, key, text string) {
	d.problems = append(d.problems, Problem{Key: key, Line: node.Line, Text: text})
}

// fieldsOf lists the YAML keys of a struct, by field index; unexported fields have none.
func fieldsOf(t reflect.Type) []string {
	keys := make([]string, t.NumField())
	for i := range keys {
		keys[i] = t.Field(i).Tag.Get("yaml")
	}
	return keys
}

func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}
