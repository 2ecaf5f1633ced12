package user

import (
	"context"
	"errors"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

var authProviderCmd = commands.Define[authProviderArgs, externalFinder](commands.Meta{
	Name:     "user auth-provider",
	Summary:  "Find the account that belongs to one at a single sign-on provider.",
	Examples: []string{"user auth-provider 4711 --provider oidc-keycloak"},
})

type externalFinder interface {
	UserByExternalID(ctx context.Context, provider, externalID string) (admin.Answer[admin.FoundUser], error)
}

type authProviderArgs struct {
	ExternalID string `arg:"EXTERNAL_ID" help:"The user's id at the provider."`
	Provider   string `short:"p" value:"ID" help:"The provider's id, as the server names it to clients: oidc-… for OpenID Connect, else saml, cas and so on. Needed."`
}

// Validate wants a provider: the same id can exist at several.
func (a *authProviderArgs) Validate() error {
	if a.Provider == "" {
		return errors.New("--provider is needed: the provider's id, such as oidc-keycloak")
	}
	return nil
}

// Run looks the account up.
func (a *authProviderArgs) Run(ctx context.Context, _ *commands.Env, api externalFinder) (commands.Result, error) {
	answer, err := api.UserByExternalID(ctx, a.Provider, a.ExternalID)
	if err != nil {
		return nil, err
	}
	return found{answer}, nil
}

// found is the account that belongs to something else.
type found struct{ admin.Answer[admin.FoundUser] }

// View shows what the server answered: the user id.
func (f found) View() render.Doc { return render.Doc{render.Object(f.Raw, "user_id")} }
