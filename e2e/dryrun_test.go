package e2e

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"caretaker/e2e/harness"
	"caretaker/homeserver/client"
)

// A dry run prints what is sent when it runs for real, and sends nothing that changes something.
func TestDryRun(t *testing.T) {
	t.Parallel()
	bot := harness.NewBot(t, harness.BotOptions{Proxy: true})
	victim, ctx := bot.Synapse.NewUser(t, "victim"), harness.Step(t)
	room, err := victim.CreateRoom(ctx, client.Room{Name: "Somewhere"})
	if err != nil {
		t.Fatal(err)
	}
	media, err := victim.Upload(ctx, "a b.png", "image/png", []byte("no image"))
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{
		"user suspend " + victim.UserID, "user suspend --unsuspend " + victim.UserID, "user lock " + victim.UserID, "user unlock " + victim.UserID,
		"user modify --display-name Changed%Name/with?signs " + victim.UserID, "user modify --lock " + victim.UserID,
		"user modify --create --user-type bot made-" + victim.Localpart, "user modify -P secret-password " + victim.UserID,
		"user password -p secret-password " + victim.UserID, "regtok new --token dry-run --uses-allowed 3", "regtok update dry-run --uses-allowed 5",
		"regtok delete dry-run", "room block " + room, "room block --unblock " + room, "media quarantine -U " + media, "media unquarantine -U " + media,
		"media protect " + media, "media delete -i " + media, "notice send " + victim.UserID + " hello", "room delete --block " + room,
		"user deactivate --gdpr-erase " + victim.UserID,
	} {
		rehearse(t, bot, command)
	}
	if list := bot.CLI("audit", "list", "-o", "json").Stdout; strings.Contains(list, "--dry-run") {
		t.Errorf("a dry run is in the audit: %s", list)
	}
}

// rehearse compares what a dry run prints with what is sent then.
func rehearse(t *testing.T, bot *harness.Bot, command string) {
	t.Helper()
	args := strings.Fields(command)
	bot.Proxy.Forget()
	dry, human := bot.CLI(append(args, "--dry-run", "-o", "json")...), bot.CLI(append(args, "--dry-run")...)
	if sent := bot.Proxy.Requests(harness.Request.Changes); len(sent) != 0 || dry.Code != 0 || human.Code != 0 {
		t.Errorf("%s: exit status %d, the dry run sent %v; %s", command, dry.Code, sent, dry.Stderr)
		return
	}
	if out := bot.CLI(append(args, "--yes")...); out.Code != 0 {
		t.Errorf("%s: exit status %d: %s", command, out.Code, out.Stderr)
	}
	printed, sent := printedRequests(t, dry.Stdout), bot.Proxy.Requests(harness.Request.Changes)
	if len(sent) != len(printed) || len(sent) == 0 {
		t.Errorf("%s: the dry run printed %d requests, %d were sent: %v", command, len(printed), len(sent), sent)
		return
	}
	for i := range sent {
		want := asPrinted(t, sent[i])
		if !reflect.DeepEqual(printed[i], want) {
			t.Errorf("%s: the dry run printed %v, sent was %v", command, printed[i], want)
		}
		if !strings.Contains(human.Stdout, want.Method+" "+want.Path) {
			t.Errorf("%s: people do not see %s %s in %q", command, want.Method, want.Path, human.Stdout)
		}
	}
}

// printedRequest is a request as a dry run prints it.
type printedRequest struct {
	Method, Path, Query string
	Body                any
}

func printedRequests(t *testing.T, text string) []printedRequest {
	t.Helper()
	var document struct {
		DryRun   bool `json:"dry_run"`
		Requests []printedRequest
	}
	decode(t, text)
	if err := json.Unmarshal([]byte(text), &document); err != nil || !document.DryRun {
		t.Errorf("this is no dry run: %s", text)
	}
	for i := range document.Requests {
		document.Requests[i].Path = withoutID(document.Requests[i].Path)
	}
	return document.Requests
}

func asPrinted(t *testing.T, sent harness.Request) printedRequest {
	t.Helper()
	want := printedRequest{Method: sent.Method, Path: withoutID(sent.Path), Query: sent.Query}
	if sent.Body == "" {
		return want
	}
	if err := json.Unmarshal([]byte(strings.ReplaceAll(sent.Body, "secret-password", "***")), &want.Body); err != nil {
		t.Fatal(err)
	}
	return want
}

// withoutID is a path without the id that is another one each time.
func withoutID(path string) string {
	const notice = "/send_server_notice/"
	if before, _, found := strings.Cut(path, notice); found {
		return before + notice
	}
	return path
}
