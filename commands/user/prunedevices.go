package user

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var pruneDevicesCmd = commands.Define[pruneDevicesArgs, deviceEnder](commands.Meta{
	Name:    "user prune-devices",
	Summary: "Delete the devices that an account has not used for long.",
	Detail: "The oldest go first, those never seen before all others, until --min-surviving are left. With -l nothing is deleted; " +
		"without it the command asks and needs the role admin. Messages that were encrypted for a deleted device cannot be read on it any more.",
	Examples: []string{"user prune-devices bob", "user prune-devices bob -l --min-days 30", "user prune-devices bob -d 0 -s 0"},
})

type pruneDevicesArgs struct {
	User         commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
	ListOnly     bool             `short:"l" help:"Only list the devices that would be deleted."`
	MinDays      int              `short:"d" default:"90" min:"0" value:"DAYS" help:"Only devices that were not seen for so many days; 0 ignores their age."`
	MinSurviving int              `short:"s" default:"1" min:"0" value:"N" help:"Keep at least so many devices, the ones seen last."`
	DeviceID     string           `short:"i" long:"device-id" value:"ID" help:"Only this device; the other options hold for it, too."`
	commands.Times
}

// Risk is that of reading when nothing is deleted.
func (a *pruneDevicesArgs) Risk() (commands.Risk, commands.Role) {
	if a.ListOnly {
		return commands.Read, commands.Viewer
	}
	return commands.Destructive, commands.Admin
}

// Preview shows what would be deleted.
func (a *pruneDevicesArgs) Preview(ctx context.Context, env *commands.Env, api deviceEnder) (commands.Result, error) {
	result, err := a.choose(ctx, env, api)
	if err != nil {
		return nil, err
	}
	return result, nil
}

// Run deletes what it chooses, or lists it.
func (a *pruneDevicesArgs) Run(ctx context.Context, env *commands.Env, api deviceEnder) (commands.Result, error) {
	result, err := a.choose(ctx, env, api)
	if err != nil {
		return nil, err
	}
	if a.ListOnly || len(result.devices) == 0 {
		return result, nil
	}
	if _, err := api.DeleteDevices(ctx, a.User.UserID, deviceIDs(result.devices)); err != nil {
		return nil, err
	}
	result.deleted = true
	return result, nil
}

// choose reads the devices and takes those to delete.
func (a *pruneDevicesArgs) choose(ctx context.Context, env *commands.Env, api deviceEnder) (*pruned, error) {
	answer, err := api.Devices(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	all := answer.Value.Devices
	result := &pruned{user: a.User.UserID, devices: a.prunable(all, env.Now), total: len(all), times: a.Times}
	if a.DeviceID != "" && !slices.ContainsFunc(all, func(d admin.Device) bool { return string(d.DeviceID) == a.DeviceID }) {
		e := admin.NotFound("user %s has no device %s", a.User.UserID, a.DeviceID)
		e.Hint = "device list " + a.User.String()
		return nil, e
	}
	if result.raw, err = rowsOf(a.Dated(answer.Raw, env.Zone, "last_seen_ts"), result.devices); err != nil {
		return nil, err
	}
	return result, nil
}

// prunable are the devices to delete, the oldest first.
func (a *pruneDevicesArgs) prunable(devices []admin.Device, now time.Time) []admin.Device {
	devices = slices.Clone(devices)
	slices.SortStableFunc(devices, func(x, y admin.Device) int { return cmp.Compare(x.LastSeenTS, y.LastSeenTS) })
	youngest := now.UTC().AddDate(0, 0, -a.MinDays)
	var chosen []admin.Device
	for _, d := range devices {
		if len(devices)-len(chosen) <= a.MinSurviving {
			break
		}
		wanted := a.DeviceID == "" || string(d.DeviceID) == a.DeviceID
		old := a.MinDays == 0 || !d.LastSeen().After(youngest) // never seen is old
		if wanted && old {
			chosen = append(chosen, d)
		}
	}
	return chosen
}

// rowsOf are the server's own words about some devices, in their order.
func rowsOf(answer json.RawMessage, devices []admin.Device) ([]json.RawMessage, error) {
	var all struct {
		Devices []json.RawMessage `json:"devices"`
	}
	if err := json.Unmarshal(answer, &all); err != nil {
		return nil, fmt.Errorf("read devices: %w", err)
	}
	byID := map[id.DeviceID]json.RawMessage{}
	for _, row := range all.Devices {
		var device struct {
			ID id.DeviceID `json:"device_id"`
		}
		if json.Unmarshal(row, &device) == nil {
			byID[device.ID] = row
		}
	}
	rows := make([]json.RawMessage, len(devices))
	for i, d := range devices {
		if rows[i] = byID[d.DeviceID]; rows[i] == nil {
			return nil, errors.New("read devices: a row is missing")
		}
	}
	return rows, nil
}

// pruned are the devices that are or would be deleted.
type pruned struct {
	user    id.UserID
	devices []admin.Device
	raw     []json.RawMessage // the same as the server describes them
	total   int
	times   commands.Times
	deleted bool
}

// MarshalJSON gives the list of devices as the server describes them.
func (p *pruned) MarshalJSON() ([]byte, error) { return json.Marshal(p.raw) }

// View counts the devices and lists them.
func (p *pruned) View() render.Doc {
	keep := render.Text(fmt.Sprintf(" and keeps %d.", p.total-len(p.devices)))
	if len(p.devices) == 0 {
		return render.Doc{render.Para{render.ID(p.user), render.Text(" has no device to delete"), keep}}
	}
	verb, after := " loses ", " will not be readable on them any more."
	if p.deleted {
		verb, after = " lost ", " cannot be read on them any more."
	}
	return render.Doc{
		render.Para{render.ID(p.user), render.Text(verb), plural(len(p.devices), "device", "devices"), keep},
		sessions(p.devices, p.times),
		render.Para{render.Text("Messages encrypted for them" + after)},
	}
}
