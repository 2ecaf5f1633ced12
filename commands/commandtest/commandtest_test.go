package commandtest_test

import (
	"context"
	"testing"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/commands/commandtest"
	"caretaker/render"
)

var greetCmd = commands.Define[greetArgs, greeter](commands.Meta{
	Name: "user greet", Summary: "Greet a user.", Risk: commands.Destructive,
	Examples: []string{"user greet bob", "user greet author --words \"good day\""},
})

type greeter interface {
	Greet(ctx context.Context, user id.UserID, words string) (admin.Answer[admin.SentNotice], error)
}

type greetArgs struct {
	User  commands.UserRef `arg:"USER" help:"Whom to greet."`
	Words string           `default:"hello" help:"What to say."`
}

func (a *greetArgs) Preview(context.Context, *commands.Env, greeter) (commands.Result, error) {
	return greeting{user: a.User.UserID}, nil
}

func (a *greetArgs) Run(ctx context.Context, _ *commands.Env, api greeter) (commands.Result, error) {
	sent, err := api.Greet(ctx, a.User.UserID, a.Words)
	if err != nil {
		return nil, err
	}
	return greeting{sent, a.User.UserID}, nil
}

type greeting struct {
	admin.Answer[admin.SentNotice]
	user id.UserID
}

func (g greeting) View() render.Doc {
	return render.Doc{render.Para{render.Text("Greeted "), render.ID(g.user)}}
}

type fake struct {
	commandtest.Log
	err error
}

func (f *fake) Greet(_ context.Context, user id.UserID, words string) (admin.Answer[admin.SentNotice], error) {
	f.Called("Greet", user, words)
	return commandtest.Answer[admin.SentNotice](`{"event_id": "$1", "new": true}`), f.err
}

func TestRun(t *testing.T) {
	t.Parallel()
	ran := commandtest.Run(t, greetCmd, "user greet bob --words “good day”", &fake{})
	if ran.Outcome.Status != commands.StatusOK || ran.Preview == nil || len(ran.Entries) != 1 {
		t.Errorf("got %+v, want a previewed and audited success", ran)
	}
}

func TestRunOfFailure(t *testing.T) {
	t.Parallel()
	commandtest.Run(t, greetCmd, "user greet bob", &fake{err: admin.NotFound("there is no bob")}, commandtest.Terminal())
}

func TestRunOfUsageError(t *testing.T) {
	t.Parallel()
	ran := commandtest.Run(t, greetCmd, "user greet bob --wards hi", &fake{})
	if ran.Outcome.Status != commands.StatusUsage {
		t.Errorf("got %s, want usage", ran.Outcome.Status)
	}
}

func TestExamples(t *testing.T) {
	t.Parallel()
	commandtest.Examples(t, commands.Group{Name: "user", Commands: []*commands.Command{greetCmd}})
}
