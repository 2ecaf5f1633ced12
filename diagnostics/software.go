package diagnostics

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// What caretaker needs of a homeserver.
var (
	oldestSpec     = version{1, 1}     // /_matrix/client/v3
	oldestSynapse  = version{1, 111}   // media that only users with a token may read
	oldestDendrite = version{0, 13, 7} // event reports
)

// versions finds out whether the homeserver is new enough.
func (in *inspection) versions(context.Context) finding {
	if !in.connected() {
		return untried("homeserver")
	}
	var spec struct {
		Versions []string `json:"versions"`
	}
	in.spec().into(&spec)
	newest := version{}
	for _, text := range spec.Versions {
		if v, ok := parseVersion(strings.TrimPrefix(text, "v")); ok && strings.HasPrefix(text, "v") && newest.less(v) {
			newest = v
		}
	}
	if newest.less(oldestSpec) {
		return bad(fmt.Sprintf("the homeserver is too old: it knows no version of the specification from v%s on", oldestSpec), "upgrade the homeserver")
	}
	kind := in.kind()
	for name, oldest := range map[string]version{"Synapse": oldestSynapse, "Dendrite": oldestDendrite} {
		if has, ok := parseVersion(kind.version); ok && kind.name == name && has.less(oldest) {
			return bad(fmt.Sprintf("%s %s is too old", kind.name, clean(kind.version)), fmt.Sprintf("upgrade to %s %s or newer", name, oldest))
		}
	}
	return good(strings.TrimSpace(fmt.Sprintf("%s, specification up to v%s", kind, newest)))
}

// software is what the homeserver says it is.
type software struct{ name, version string }

// String gives name and version as far as they are known.
func (s software) String() string {
	if s.name == "" {
		return "unknown software"
	}
	return strings.TrimSpace(clean(s.name + " " + s.version))
}

func (s software) dendrite() bool { return strings.EqualFold(s.name, "dendrite") }

// detect asks in the order of reliability; what the configuration says wins.
func (in *inspection) detect(ctx context.Context) software {
	var found software
	var federation struct {
		Server struct{ Name, Version string } `json:"server"`
	}
	if got := in.client(ctx, "/_matrix/federation/v1/version", "", nil); got.ok() {
		got.into(&federation)
		found = software{federation.Server.Name, federation.Server.Version}
	}
	if name, version, ok := strings.Cut(in.spec().header.Get("Server"), "/"); ok && found.name == "" && name == "Synapse" {
		found = software{name, version}
	}
	switch in.config.Homeserver.Software {
	case "dendrite":
		return in.named("Dendrite", found)
	case "synapse":
		return in.named("Synapse", found)
	}
	if found.name == "" && in.looksLikeDendrite(ctx) {
		return software{name: "Dendrite"}
	}
	return found
}

// named keeps the version only where it belongs to the name.
func (in *inspection) named(name string, found software) software {
	if strings.EqualFold(found.name, name) {
		return software{name, found.version}
	}
	return software{name: name}
}

func (in *inspection) looksLikeDendrite(ctx context.Context) bool {
	got := in.probe.ask(ctx, question{base: in.config.AdminURL(), path: dendriteAdmin})
	return got.status == http.StatusUnauthorized && got.isJSON
}

// version is the numbers of a version, most important first.
type version []int

func (v version) less(other version) bool {
	for i := range max(len(v), len(other)) {
		if a, b := at(v, i), at(other, i); a != b {
			return a < b
		}
	}
	return false
}

func (v version) String() string {
	parts := make([]string, len(v))
	for i, n := range v {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, ".")
}

func at(v version, i int) int {
	if i < len(v) {
		return v[i]
	}
	return 0
}

// parseVersion reads the numbers at the beginning: 1.163.2rc1 (b=main) is 1.163.2.
func parseVersion(text string) (version, bool) {
	var v version
	for part := range strings.SplitSeq(text, ".") {
		digits := part
		if end := strings.IndexFunc(part, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
			digits = part[:end]
		}
		n, err := strconv.Atoi(digits)
		if err != nil {
			break
		}
		v = append(v, n)
		if digits != part {
			break
		}
	}
	return v, len(v) > 0
}
