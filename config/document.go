package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"gopkg.in/yaml.v3"
)

// Document is the text of a configuration file, to be changed key by key:
// comments and everything else in it stay. Use [OpenDocument].
type Document struct {
	path string
	root yaml.Node
}

// OpenDocument reads the file for changing. A file that does not exist is an
// empty document.
func OpenDocument(path string) (*Document, error) {
	doc := &Document{path: path}
	text, err := ReadFile("configuration", path, whenMissing)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := yaml.Unmarshal(text, &doc.root); err != nil {
		return nil, fmt.Errorf("configuration %s is not YAML: %s", path, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if doc.root.Kind == 0 {
		doc.root = yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode, Tag: "!!map"}}}
	}
	if doc.root.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("configuration %s has no keys at its top", path)
	}
	return doc, nil
}

// Get gives the text at a key such as "terminal.output", empty if there is none.
func (d *Document) Get(key string) string {
	node := d.root.Content[0]
	for name := range strings.SplitSeq(key, ".") {
		if node = child(node, name); node == nil {
			return ""
		}
	}
	if node.Kind != yaml.ScalarNode || node.Tag == "!!null" {
		return ""
	}
	return node.Value
}

// Set puts a string, number or truth value at a key such as "terminal.output",
// making the mappings above it.
func (d *Document) Set(key string, value any) error {
	node := d.root.Content[0]
	names := strings.Split(key, ".")
	for _, name := range names[:len(names)-1] {
		next := child(node, name)
		if next == nil {
			next = add(node, name)
		}
		if next.Kind != yaml.MappingNode {
			*next = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		}
		node = next
	}
	last := names[len(names)-1]
	target := child(node, last)
	if target == nil {
		target = add(node, last)
	}
	var fresh yaml.Node
	if err := fresh.Encode(value); err != nil {
		return fmt.Errorf("set %s: %w", key, err)
	}
	fresh.HeadComment, fresh.LineComment, fresh.FootComment = target.HeadComment, target.LineComment, target.FootComment
	*target = fresh
	return nil
}

// Delete removes a key. It is no error if there is none.
func (d *Document) Delete(key string) {
	names := strings.Split(key, ".")
	node := d.root.Content[0]
	for _, name := range names[:len(names)-1] {
		if node = child(node, name); node == nil {
			return
		}
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == names[len(names)-1] {
			node.Content = append(node.Content[:i], node.Content[i+2:]...)
			return
		}
	}
}

// Save writes the document back, as [Write] does.
func (d *Document) Save() error {
	var text bytes.Buffer
	out := yaml.NewEncoder(&text)
	out.SetIndent(2)
	if err := out.Encode(&d.root); err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	return Write(d.path, text.Bytes())
}

// child is the value of a mapping's key, nil if there is none.
func child(mapping *yaml.Node, name string) *yaml.Node {
	if mapping.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i+1]
		}
	}
	return nil
}

// add appends a key with an empty value and gives the value.
func add(mapping *yaml.Node, name string) *yaml.Node {
	value := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}, value)
	mapping.Style &^= yaml.FlowStyle
	return value
}
