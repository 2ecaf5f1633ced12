// Package e2e tests the built program from outside, against a real Synapse, by what the contract promises to others.
package e2e

import (
	"os"
	"testing"

	"caretaker/e2e/harness"
)

func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }
