package device

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var createCmd = commands.Define[createArgs, maker](commands.Meta{
	Name:     "device create",
	Summary:  "Make a device for an account.",
	Detail:   "It has no session and no access token; an application service can use it, or somebody who logs in with this device id.",
	Risk:     commands.Reversible,
	Examples: []string{"device create bob", "device create bob LAPTOP"},
})

type maker interface {
	lister
	CreateDevice(ctx context.Context, user id.UserID, device id.DeviceID) (admin.Answer[admin.Done], error)
}

type createArgs struct {
	User   commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
	Device string           `arg:"[DEVICE]" help:"Id of the new device; without it, a random one."`
}

// idLength is how long the device ids are that servers make.
const idLength = 10

// Run makes the device. One that exists is an error here; the server would do nothing and be content.
func (a *createArgs) Run(ctx context.Context, _ *commands.Env, api maker) (commands.Result, error) {
	existing, err := api.Devices(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	made := created{user: a.User.UserID, device: id.DeviceID(a.Device)}
	if a.Device == "" {
		made.device, made.random = id.DeviceID(rand.Text()[:idLength]), true
	}
	for _, d := range existing.Value.Devices {
		if d.DeviceID == made.device {
			e := admin.Failed("user %s has a device %s already", a.User.UserID, made.device)
			e.Hint = "device list " + a.User.String()
			return nil, e
		}
	}
	if made.Answer, err = api.CreateDevice(ctx, a.User.UserID, made.device); err != nil {
		return nil, err
	}
	return made, nil
}

// created is a new device.
type created struct {
	admin.Answer[admin.Done]
	user   id.UserID
	device id.DeviceID
	random bool
}

// MarshalJSON gives the server's answer, and with it an id that was made here.
func (c created) MarshalJSON() ([]byte, error) {
	if !c.random {
		return c.Raw, nil
	}
	answer := map[string]any{}
	if err := json.Unmarshal(c.Raw, &answer); err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	answer["device_id"] = c.device
	return json.Marshal(answer)
}

// View names the device.
func (c created) View() render.Doc {
	return render.Doc{render.Para{render.Text("Made the device "), of(c.device, c.user)}}
}
