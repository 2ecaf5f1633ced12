package commands_test

import (
	"encoding/json"
	"testing"
	"time"

	"caretaker/commands"
)

func TestTimesDated(t *testing.T) {
	t.Parallel()
	raw := json.RawMessage(`{"name": "\"created_ts\": 5", "created_ts": 1700000000000, "n": 7, "rows": [{"last_access_ts":null,"created_ts" : 0}]}`)
	got := commands.Times{DateTime: true}.Dated(raw, time.UTC, "created_ts", "last_access_ts")
	want := `{"name": "\"created_ts\": 5", "created_ts": "2023-11-14 22:13:20", "n": 7, "rows": [{"last_access_ts":null,"created_ts" : "1970-01-01 00:00:00"}]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := (commands.Times{}).Dated(raw, time.UTC, "created_ts"); string(got) != string(raw) {
		t.Errorf("without --dt: got %s, want the answer unchanged", got)
	}
}

func TestTimesContradict(t *testing.T) {
	t.Parallel()
	if err := (commands.Times{DateTime: true, Timestamp: true}).Validate(); err == nil {
		t.Error("got no error for --dt with --ts")
	}
}
