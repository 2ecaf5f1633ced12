package commands_test

import (
	"context"
	"slices"
	"testing"

	"caretaker/commands"
)

type (
	finder interface {
		Find([]string) (*commands.Command, int)
	} // of the registry
	poker interface {
		Poke(ctx context.Context) error
		Prod(ctx context.Context) error
	}
	pokeNeeds struct {
		Server poker
		Again  interface {
			Poke(ctx context.Context) error
		}
		Book finder
	}
	pokeArgs struct{}
)

func (*pokeArgs) Run(context.Context, *commands.Env, pokeNeeds) (commands.Result, error) {
	return commands.Silent{}, nil
}

type pokable struct{}

func (pokable) Poke(context.Context) error { return nil }
func (pokable) Prod(context.Context) error { return nil }

func TestMethods(t *testing.T) {
	t.Parallel()
	poke := commands.Define[pokeArgs, pokeNeeds](commands.Meta{Name: "poke", Summary: "Poke.", Examples: []string{"poke"}})
	if got, want := poke.Methods(), []string{"Find", "Poke", "Prod"}; !slices.Equal(got, want) {
		t.Errorf("calls %q, want %q", got, want)
	}
	registry := commands.NewRegistry(commands.Group{Name: "poke", Commands: []*commands.Command{poke}})
	if got := registry.WithCalls(registry.CallTable()).Calls("poke"); !slices.Equal(got, poke.Methods()) {
		t.Errorf("the table says that it calls %q", got)
	}
	if !poke.OfferedBy(pokable{}) || poke.OfferedBy(struct{}{}) {
		t.Error("a server must have what the command needs of it, and need not have the registry")
	}
}
