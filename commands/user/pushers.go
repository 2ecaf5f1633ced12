package user

import (
	"context"
	"encoding/json"
	"fmt"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var pushersCmd = commands.Define[pushersArgs, pusherLister](commands.Meta{
	Name:     "user pushers",
	Summary:  "List where an account gets its notifications.",
	Detail:   "Whoever has a push key can send notifications to the device, so that keys are shown in no room.",
	Role:     commands.Operator,
	Examples: []string{"user pushers bob"},
})

type pusherLister interface {
	Pushers(ctx context.Context, user id.UserID) (admin.Answer[admin.Pushers], error)
}

type pushersArgs struct {
	User commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
}

// Run lists the pushers.
func (a *pushersArgs) Run(ctx context.Context, env *commands.Env, api pusherLister) (commands.Result, error) {
	answer, err := api.Pushers(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	return pushers{answer, a.User.UserID, env.Door == commands.DoorTerminal}, nil
}

// pushers are where an account gets its notifications.
type pushers struct {
	admin.Answer[admin.Pushers]
	user     id.UserID
	terminal bool
}

// MarshalJSON gives the server's answer; outside of a terminal others would see the keys, and they are masked.
func (p pushers) MarshalJSON() ([]byte, error) {
	if p.terminal {
		return p.Raw, nil
	}
	var answer map[string]any
	if err := json.Unmarshal(p.Raw, &answer); err != nil {
		return nil, fmt.Errorf("read pushers: %w", err)
	}
	list, _ := answer["pushers"].([]any)
	for _, entry := range list {
		if pusher, ok := entry.(map[string]any); ok {
			maskPusher(pusher)
		}
	}
	return json.Marshal(answer)
}

// maskPusher hides the key, and what only the push service should know: a browser's address is as good as a key.
func maskPusher(pusher map[string]any) {
	if pusher["pushkey"] != nil {
		pusher["pushkey"] = admin.Secret("")
	}
	data, _ := pusher["data"].(map[string]any)
	for key := range data {
		if key != "url" && key != "format" && key != "brand" {
			data[key] = admin.Secret("")
		}
	}
}

// View lists apps and devices, with the keys masked.
func (p pushers) View() render.Doc {
	if len(p.Value.Pushers) == 0 {
		return render.Doc{render.Para{render.ID(p.user), render.Text(" gets no notifications by push or email.")}}
	}
	t := render.Table{Columns: []render.Column{
		{Name: "kind"}, {Name: "app_id"}, {Name: "pushkey"}, {Name: "enabled", Optional: true}, {Name: "device_id", Optional: true},
		{Name: "lang", Optional: true}, {Name: "app_display_name", Optional: true, Free: true}, {Name: "device_display_name", Optional: true, Free: true},
	}}
	for _, one := range p.Value.Pushers {
		var enabled, device render.Inline = render.Unknown{}, render.Unknown{}
		if one.Enabled != nil {
			enabled = render.Bool(*one.Enabled)
		}
		if one.DeviceID != "" {
			device = render.ID(one.DeviceID)
		}
		t.Rows = append(t.Rows, []render.Inline{
			render.Outside(one.Kind), render.Outside(one.AppID), render.Text(admin.Secret("").String()), enabled, device,
			named(one.Lang), named(one.AppDisplayName), named(one.DeviceDisplayName),
		})
	}
	return render.Doc{t}
}
