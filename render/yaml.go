package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// yamlDocument renders JSON as YAML with sorted keys. Numbers stay what they were, whole ones without a point.
func yamlDocument(raw []byte) ([]byte, error) {
	v, err := decode(raw)
	if err != nil {
		return nil, err
	}
	node, err := yamlNode(v)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(node); err != nil {
		return nil, fmt.Errorf("encode YAML: %w", err)
	}
	return escapeHidden(b.Bytes(), escapeYAML), nil
}

// yamlNode builds the tree by hand: the encoder would sort "a10" behind "a9", and cannot be told to quote.
func yamlNode(v any) (*yaml.Node, error) {
	switch x := v.(type) {
	case map[string]any:
		node := &yaml.Node{Kind: yaml.MappingNode}
		for _, key := range slices.Sorted(maps.Keys(x)) {
			value, err := yamlNode(x[key])
			if err != nil {
				return nil, err
			}
			node.Content = append(node.Content, yamlString(key), value)
		}
		return node, nil
	case []any:
		node := &yaml.Node{Kind: yaml.SequenceNode}
		for _, entry := range x {
			value, err := yamlNode(entry)
			if err != nil {
				return nil, err
			}
			node.Content = append(node.Content, value)
		}
		return node, nil
	case string:
		return yamlString(x), nil
	case json.Number:
		return yamlNumber(x), nil
	case bool:
		return yamlScalar(strconv.FormatBool(x)), nil
	case nil:
		return yamlScalar("null"), nil
	}
	return nil, fmt.Errorf("encode YAML: unexpected %T", v)
}

func yamlScalar(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: s} }

// yamlString quotes whatever a reader, of YAML 1.1 too, might take for something else than text.
func yamlString(s string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	switch {
	case strings.ContainsFunc(s, mustEscape), ambiguousYAML(s):
		node.Style = yaml.DoubleQuotedStyle
	case strings.Contains(s, "\n"):
		node.Style = yaml.DoubleQuotedStyle // one value, one line: rows stay greppable
	}
	return node
}

// ambiguousYAML are the booleans and the numbers in base 60 of YAML 1.1; the encoder quotes what YAML 1.2 resolves.
func ambiguousYAML(s string) bool {
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "=", "<<":
		return true
	}
	return s != "" && strings.Trim(s, "0123456789+-:._") == ""
}

// yamlNumber writes exponents as YAML 1.1 demands them: with a point and a sign.
func yamlNumber(n json.Number) *yaml.Node {
	s := n.String()
	if !strings.ContainsAny(s, "eE") {
		return yamlScalar(s)
	}
	f, err := n.Float64()
	if err != nil {
		return yamlString(s)
	}
	s = strconv.FormatFloat(f, 'g', -1, 64)
	if mantissa, exponent, ok := strings.Cut(s, "e"); ok && !strings.Contains(mantissa, ".") {
		s = mantissa + ".0e" + exponent
	}
	return yamlScalar(s)
}

func escapeYAML(r rune) string {
	if r > 0xffff {
		return fmt.Sprintf(`\U%08X`, r)
	}
	return fmt.Sprintf(`\u%04X`, r)
}
