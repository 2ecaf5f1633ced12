package admin

import "maunium.net/go/mautrix/id"

// SentNotice is the answer to a server notice.
type SentNotice struct {
	EventID id.EventID `json:"event_id"`
}

func (s *SentNotice) missing() string { return missingIf(s.EventID == "", "event_id") }

// NoticeContent is the content of a server notice: what the user reads, plain and as HTML.
type NoticeContent struct {
	MsgType       string `json:"msgtype"`
	Body          string `json:"body"`
	Format        string `json:"format,omitzero"`
	FormattedBody string `json:"formatted_body,omitzero"`
}

// TextNotice returns the content of a notice. An empty html leaves out the formatted form.
func TextNotice(plain, html string) NoticeContent {
	content := NoticeContent{MsgType: "m.text", Body: plain}
	if html != "" {
		content.Format, content.FormattedBody = "org.matrix.custom.html", html
	}
	return content
}
