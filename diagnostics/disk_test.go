package diagnostics

import (
	"strings"
	"testing"
)

func TestFreeSpace(t *testing.T) {
	t.Parallel()
	if found := freeSpace("/data", 99<<20); found.ok || !strings.Contains(found.detail, "only 99 MB are free in /data") || found.paste == "" {
		t.Errorf("99 MB: %+v", found)
	}
	if found := freeSpace("/data", 5<<30); !found.ok {
		t.Errorf("5 GB: %+v", found)
	}
}
