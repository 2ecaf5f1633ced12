package commands

import (
	"fmt"
	"reflect"
)

// Services are the values that the needs of commands are matched against: the
// one API value of the homeserver, the audit, prompts, the registry and so on.
type Services []any

// matcher fills a command's needs from services.
type matcher struct{ needs reflect.Type }

// newMatcher panics when the type is neither an interface nor a struct of interfaces.
func newMatcher(command string, needs reflect.Type) matcher {
	if needs.Kind() != reflect.Struct {
		mustBeInterface(command, needs)
		return matcher{needs}
	}
	for field := range needs.Fields() {
		mustBeInterface(command, field.Type)
		if !field.IsExported() {
			panic(fmt.Sprintf("commands: %s needs %s, which has to be exported to be filled", command, field.Name))
		}
	}
	return matcher{needs}
}

func mustBeInterface(command string, want reflect.Type) {
	if want.Kind() != reflect.Interface {
		panic(fmt.Sprintf("commands: %s needs %s, which is not an interface", command, want))
	}
}

// match returns a value of the needs type, or false when nothing offers a part of it.
func (m matcher) match(services Services) (any, bool) {
	value := reflect.New(m.needs).Elem()
	if m.needs.Kind() != reflect.Struct {
		found := fill(value, services)
		return value.Interface(), found
	}
	for i := range m.needs.NumField() {
		if !fill(value.Field(i), services) {
			return nil, false
		}
	}
	return value.Interface(), true
}

// fill sets an interface value to the first service that implements it.
func fill(target reflect.Value, services Services) bool {
	for _, service := range services {
		if service != nil && reflect.TypeOf(service).Implements(target.Type()) {
			target.Set(reflect.ValueOf(service))
			return true
		}
	}
	return false
}

// Service finds the first service of type T.
func Service[T any](services Services) (T, bool) {
	for _, service := range services {
		if found, ok := service.(T); ok {
			return found, true
		}
	}
	var none T
	return none, false
}
