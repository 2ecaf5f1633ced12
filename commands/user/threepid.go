package user

import (
	"context"
	"strings"

	"caretaker/admin"
	"caretaker/commands"
)

var threepidCmd = commands.Define[threepidArgs, threepidFinder](commands.Meta{
	Name:     "user 3pid",
	Summary:  "Find the account that an email address or phone number belongs to.",
	Role:     commands.Operator,
	Examples: []string{"user 3pid bob@example.org", "user 3pid -m msisdn \"+49 170 1234567\""},
})

type threepidFinder interface {
	UserByThreepid(ctx context.Context, medium, address string) (admin.Answer[admin.FoundUser], error)
}

type threepidArgs struct {
	Address string `arg:"ADDRESS" help:"Email address, or phone number with its country code."`
	Medium  string `short:"m" default:"email" enum:"email|msisdn" help:"What the address is: email, or msisdn for a phone number."`
}

// phoneNumber removes what people put into phone numbers; servers keep the digits.
var phoneNumber = strings.NewReplacer("+", "", " ", "", "\u00a0", "", "-", "", "/", "", "(", "", ")", "", ".", "")

// canonical is the address as the server keeps it; it compares letter by letter.
func (a *threepidArgs) canonical() string {
	if a.Medium == "email" {
		return strings.ToLower(a.Address)
	}
	return phoneNumber.Replace(a.Address)
}

// Run looks the account up.
func (a *threepidArgs) Run(ctx context.Context, _ *commands.Env, api threepidFinder) (commands.Result, error) {
	answer, err := api.UserByThreepid(ctx, a.Medium, a.canonical())
	if err != nil {
		return nil, err
	}
	return found{answer}, nil
}
