package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// whenMissing is the remedy for a configuration that is not there.
const whenMissing = `correct the path, or write one with "caretaker init"`

// Load reads the file strictly, fills in defaults, environment variables and
// secrets from files, and validates the result for the purpose. Everything that
// is wrong is reported in one *[Invalid]; other errors mean that the file could
// not be read or is no YAML.
func Load(path string, purpose Purpose) (*Config, error) {
	text, err := ReadFile("configuration", path, whenMissing)
	if err != nil {
		return nil, err
	}
	return Parse(path, text, purpose)
}

// Parse is [Load] of a text that is going to be the file at path.
func Parse(path string, text []byte, purpose Purpose) (*Config, error) {
	cfg, invalid, err := inspect(path, text, purpose)
	switch {
	case err != nil:
		return nil, err
	case invalid != nil:
		return nil, invalid
	}
	return cfg, nil
}

// Inspect is [Load] for diagnostics, which want to look at a configuration whatever
// is wrong with it: its problems come beside it, nil where there are none.
func Inspect(path string, purpose Purpose) (cfg *Config, invalid *Invalid, err error) {
	text, err := ReadFile("configuration", path, whenMissing)
	if err != nil {
		return nil, nil, err
	}
	return inspect(path, text, purpose)
}

func inspect(path string, text []byte, purpose Purpose) (*Config, *Invalid, error) {
	cfg, problems, err := parse(path, text, os.LookupEnv)
	if err != nil {
		return nil, nil, err
	}
	if problems = append(problems, cfg.check(purpose, problems)...); len(problems) > 0 {
		return cfg, &Invalid{Path: path, Problems: problems}, nil
	}
	return cfg, nil, nil
}

// parse is Parse without validating; env looks up an environment variable.
func parse(path string, text []byte, env func(string) (string, bool)) (*Config, []Problem, error) {
	cfg := Default()
	if err := cfg.place(path); err != nil {
		return nil, nil, err
	}
	d := &decoder{env: env, lines: map[string]int{}}
	root, err := d.document(path, text)
	if err != nil {
		return nil, nil, err
	}
	if root != nil {
		d.decode(root, reflect.ValueOf(cfg).Elem(), "")
	}
	cfg.data, cfg.line = cfg.dataDir(env), d.lines
	d.secrets(reflect.ValueOf(cfg).Elem(), "", cfg.dir)
	return cfg, d.problems, nil
}

// document gives the top of the YAML text, nil if there is nothing in it.
func (d *decoder) document(path string, text []byte) (*yaml.Node, error) {
	var doc, more yaml.Node
	in := yaml.NewDecoder(bytes.NewReader(text))
	if err := in.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("configuration %s is not YAML: %s", path, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := in.Decode(&more); !errors.Is(err, io.EOF) {
		d.add(&more, "", "a second document begins here; keep one")
	}
	return doc.Content[0], nil
}

// secrets fills every secret whose key with _file appended was given. Both are
// fields of the same struct, so no list of secrets is needed.
func (d *decoder) secrets(value reflect.Value, key, dir string) {
	switch value.Kind() {
	case reflect.Map:
		for _, name := range value.MapKeys() {
			entry := reflect.New(value.Type().Elem()).Elem()
			entry.Set(value.MapIndex(name))
			d.secrets(entry, join(key, name.String()), dir)
			value.SetMapIndex(name, entry)
		}
	case reflect.Struct:
		fields := fieldsOf(value.Type())
		for i, name := range fields {
			field := value.Field(i)
			if name == "" {
				continue
			}
			if field.Type() != secretType {
				d.secrets(field, join(key, name), dir)
				continue
			}
			if file := value.Field(slices.Index(fields, name+"_file")).String(); file != "" {
				d.secretFile(field, join(key, name), file, dir)
			}
		}
	}
}

func (d *decoder) secretFile(field reflect.Value, key, file, dir string) {
	fileKey := key + "_file"
	if !field.IsZero() {
		d.problem(fileKey, fmt.Sprintf("%s is set as well; keep one of the two", key))
		return
	}
	secret, err := ReadSecret(within(dir, file))
	if err != nil {
		d.problem(fileKey, err.Error())
		return
	}
	field.Set(reflect.ValueOf(secret))
}

func (d *decoder) problem(key, text string) {
	d.problems = append(d.problems, Problem{Key: key, Line: d.lines[key], Text: text})
}

// ReadSecret reads a file that holds one secret. A newline at its end is not
// part of it. The error is a sentence for people and names the remedy.
func ReadSecret(path string) (Secret, error) {
	text, err := ReadFile("file", path, "create it or correct the path")
	if err != nil {
		return Secret{}, err
	}
	secret := NewSecret(strings.TrimRight(string(text), "\r\n"))
	if secret.IsZero() {
		return Secret{}, &FileError{Name: "file " + path, Text: "is empty; write the secret into it"}
	}
	return secret, nil
}

// within makes a path absolute or relative to the folder.
func within(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
