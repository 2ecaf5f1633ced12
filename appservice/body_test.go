package appservice

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestBodiesThatAreRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		status     int
		code, log  string
	}{
		{"empty", "", 400, "M_NOT_JSON", "cannot be read"},
		{"a web page", "<html>", 400, "M_NOT_JSON", "cannot be read"},
		{"cut off", `{"events":[` + message("$a"), 400, "M_NOT_JSON", "cannot be read"},
		{"cut off in a string", `{"events":[{"type":"m.room.mess`, 400, "M_NOT_JSON", "cannot be read"},
		{"a list", "[]", 400, "M_NOT_JSON", "cannot be read"},
		{"events are no list", `{"events":{}}`, 400, "M_NOT_JSON", "cannot be read"},
		{"something behind it", `{"events":[]} x`, 400, "M_NOT_JSON", "cannot be read"},
		{"two documents", `{"events":[]}{"events":[]}`, 400, "M_NOT_JSON", "cannot be read"},
		{"brackets without end", strings.Repeat("[", 1<<20), 400, "M_NOT_JSON", "cannot be read"},
		{"too large", `{"events":["` + strings.Repeat("x", 2<<20) + `"]}`, 413, "M_TOO_LARGE", "too large"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.intake.maxBody = 2 << 20
			status, answer := f.put("1", tt.body)
			if status != tt.status || !strings.Contains(answer, tt.code) {
				t.Errorf("got %d %s, want %d %s", status, answer, tt.status, tt.code)
			}
			if log := f.log.String(); !strings.Contains(log, tt.log) || !strings.Contains(log, `"error"`) || !strings.Contains(log, `"bytes":`) {
				t.Errorf("the log does not say it loudly, with the size: %s", log)
			}
			f.wantPending()
		})
	}
}

func TestTooLargeWithoutLength(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.intake.maxBody = 1 << 20
	body := io.MultiReader(strings.NewReader(`{"events":["`), strings.NewReader(strings.Repeat("x", 2<<20)))
	req := httptest.NewRequest(http.MethodPut, "/_matrix/app/v1/transactions/1", body)
	req.ContentLength = -1
	req.Header.Set("Authorization", "Bearer "+testToken)
	w := httptest.NewRecorder()
	f.intake.ServeHTTP(w, req)
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d, want 413", w.Code)
	}
}

func TestHungUpInTheMiddle(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	conn, err := net.Dial("tcp", f.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	body := transaction(message("$a"))
	fmt.Fprintf(conn, "PUT /_matrix/app/v1/transactions/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s",
		testToken, len(body), body[:len(body)-10])
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, _ := io.ReadAll(conn)
	if !bytes.HasPrefix(answer, []byte("HTTP/1.1 400")) {
		t.Errorf("got %.40q, want 400", answer)
	}
	f.wantPending()
}
