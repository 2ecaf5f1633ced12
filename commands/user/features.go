package user

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var featuresCmd = commands.Define[featuresArgs, featureKeeper](commands.Meta{
	Name:     "user features",
	Summary:  "Show which experimental features an account has, or change that.",
	Detail:   "A feature that is on for the whole server is on for everybody, whatever is shown here.",
	Examples: []string{"user features bob", "user features bob --enable msc3881 --disable msc4222"},
})

type featureKeeper interface {
	reader
	Features(ctx context.Context, user id.UserID) (admin.Answer[admin.Features], error)
	SetFeatures(ctx context.Context, user id.UserID, features map[string]bool) (admin.Answer[admin.Done], error)
}

type featuresArgs struct {
	User    commands.UserRef `arg:"USER" help:"Localpart, user id, pill or permalink."`
	Enable  []string         `value:"FEATURE" help:"Switch this feature on; can be repeated."`
	Disable []string         `value:"FEATURE" help:"Switch this feature off; can be repeated."`
}

// Validate refuses a feature that would be on and off.
func (a *featuresArgs) Validate() error {
	for _, feature := range a.Enable {
		if slices.Contains(a.Disable, feature) {
			return fmt.Errorf("%q cannot be enabled and disabled at once", feature)
		}
	}
	return nil
}

// Risk is that of a change when there is one.
func (a *featuresArgs) Risk() (commands.Risk, commands.Role) {
	if len(a.changes()) == 0 {
		return commands.Read, commands.Viewer
	}
	return commands.Reversible, commands.Operator
}

func (a *featuresArgs) changes() map[string]bool {
	changes := map[string]bool{}
	for _, feature := range a.Enable {
		changes[feature] = true
	}
	for _, feature := range a.Disable {
		changes[feature] = false
	}
	return changes
}

// Preview shows what is.
func (a *featuresArgs) Preview(ctx context.Context, _ *commands.Env, api featureKeeper) (commands.Result, error) {
	return a.read(ctx, api)
}

// Run shows or changes the features. The server does not look whether there is such an account.
func (a *featuresArgs) Run(ctx context.Context, _ *commands.Env, api featureKeeper) (commands.Result, error) {
	changes := a.changes()
	if len(changes) == 0 {
		return a.read(ctx, api)
	}
	if _, err := api.User(ctx, a.User.UserID); err != nil {
		return nil, err
	}
	answer, err := api.SetFeatures(ctx, a.User.UserID, changes)
	if err != nil {
		return nil, err
	}
	return featuresSet{answer, a.User.UserID, changes}, nil
}

func (a *featuresArgs) read(ctx context.Context, api featureKeeper) (commands.Result, error) {
	if _, err := api.User(ctx, a.User.UserID); err != nil {
		return nil, err
	}
	answer, err := api.Features(ctx, a.User.UserID)
	if err != nil {
		return nil, err
	}
	return features{answer}, nil
}

// features are the experimental features of an account.
type features struct{ admin.Answer[admin.Features] }

// View lists them by name.
func (f features) View() render.Doc { return render.Doc{switches(f.Value.Features)} }

// switches shows features and whether they are on.
func switches(features map[string]bool) render.Fields {
	var fields render.Fields
	for _, feature := range slices.Sorted(maps.Keys(features)) {
		state := "off"
		if features[feature] {
			state = "on"
		}
		fields = append(fields, render.Field{Name: feature, Value: render.Text(state)})
	}
	return fields
}

// featuresSet are features that were changed.
type featuresSet struct {
	admin.Answer[admin.Done]
	user    id.UserID
	changes map[string]bool
}

// View lists what was changed.
func (f featuresSet) View() render.Doc {
	return render.Doc{sentence("Changed the features of", f.user, ":"), switches(f.changes)}
}
