# What each target does is said in README.md. Everything that is installed goes below .cache or into the caches of the
# package managers.

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
LDFLAGS := -X main.version=$(VERSION)
LINT    := $(GO) tool -modfile=tools/go.mod golangci-lint

# All packages but those that start real homeservers; these are quick and run with the race detector.
UNITS = $(shell $(GO) list ./... | grep -v -E '^caretaker$$|^caretaker/(homeserver|e2e)(/|$$)')

# Packages with golden files: their tests know -update, and otherwise compare.
GOLDEN = ./render $(shell $(GO) list -f '{{range .TestImports}}{{if eq . "caretaker/commands/commandtest"}}{{$$.ImportPath}} {{end}}{{end}}{{range .XTestImports}}{{if eq . "caretaker/commands/commandtest"}}{{$$.ImportPath}} {{end}}{{end}}' ./commands/... | xargs -n1 | sort -u)

# Checksums of what "make docs" writes.
SUMS = find docs *.example.yaml commands/all/calls.txt admin/synapse/sends.txt -type f -exec cksum {} + 2>/dev/null | sort

# The test reads other packages' imports, which the test cache does not know.
LAYERS = $(GO) test -count 1 -run TestLayers .

export CGO_ENABLED := 1

.PHONY: build demo test check generate fresh bench proof clean

build:
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/caretaker ./cmd/caretaker

# ONCE=1 ends after the conversation; the exit status says whether every answer was right.
demo: build
	bin/caretaker demo $(if $(ONCE),--once)

# The end-to-end tests come last, so that the output ends with the test runner's closing lines. Their results are not
# cached: go does not see that they depend on the program.
test: build fresh
	$(GO) vet ./...
	$(LAYERS)
	$(GO) test -race $(UNITS)
	$(GO) test ./homeserver/...
	CARETAKER_BIN=$(CURDIR)/bin/caretaker $(GO) test -count 1 -timeout 9m ./e2e/...

check: fresh
	$(LINT) fmt --diff
	$(GO) vet ./...
	$(LINT) run
	$(LAYERS)

# Docs and examples from the declarations, and what the golden tests see.
generate: docs
	$(GO) test $(GOLDEN) -update >/dev/null

.PHONY: docs
docs:
	$(GO) generate ./...

# The generated files must be what generating makes of the sources as they are, committed or not. Golden files are
# compared by their own tests.
fresh:
	@before="$$($(SUMS))"; $(MAKE) --no-print-directory docs && \
	if test "$$before" != "$$($(SUMS))"; then \
		echo 'the generated files were not up to date; they are now, look at "git diff"' >&2; exit 1; \
	fi

# Each program below bench measures against a baseline of the same run and says which targets were missed: five minutes.
bench: build
	@status=0; for program in bench/*/; do $(GO) run ./$$program -strict || status=1; done; exit $$status

proof:
	$(GO) test -count 1 -timeout 120m -tags proof ./e2e/...

clean:
	rm -rf bin
