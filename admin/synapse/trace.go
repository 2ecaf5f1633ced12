package synapse

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"reflect"
	"slices"
	"time"

	"caretaker/admin"
)

// Operations returns the operations that a method of API sends, by the names that Synapse's documentation has for them:
// "GET v2/users/{user}" for User. It is empty for a method that sends nothing or does not exist. Nothing is sent.
func (a *API) Operations(method string) []string {
	var names []string
	for _, t := range trace(method) {
		if name := string(t.op); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// traced is a request that a method makes: the operation, and the fields of the body.
type traced struct {
	op     operation
	fields []string
}

// trace calls a method with made-up arguments, of which every part is left out and given in turn, on a server that
// agrees to everything, and returns what the method sent. What the code can do is thus told by the code itself. It is for
// generators and tests only; see [sends].
func trace(method string) []traced {
	var sent tracer
	const word = "x"
	api := New(Options{
		BaseURL: "http://" + word, ServerName: word, HTTP: &http.Client{Transport: &sent},
		Token:                    func(context.Context) (string, error) { return word, nil },
		RegistrationSharedSecret: func() string { return word },
	})
	api.delegation.assumed = true
	called := reflect.ValueOf(api).MethodByName(method)
	if !called.IsValid() {
		return nil
	}
	for _, args := range argumentsFor(called.Type()) {
		for _, result := range called.Call(args) {
			drain(result)
		}
	}
	return sent.requests
}

// tracer is a transport that notes what is sent and answers with nothing.
type tracer struct{ requests []traced }

// RoundTrip notes a request. Those without an operation belong to no method.
func (t *tracer) RoundTrip(req *http.Request) (*http.Response, error) {
	if op, ok := req.Context().Value(operationKey{}).(operation); ok {
		t.requests = append(t.requests, traced{op, fieldsOf(bodyOf(req))})
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{admin.DryRunHeader: {"1"}},
		Body: io.NopCloser(bytes.NewBufferString("{}")), Request: req,
	}, nil
}

func bodyOf(req *http.Request) []byte {
	if req.Body == nil {
		return nil
	}
	body, _ := io.ReadAll(req.Body) // from memory, which does not fail
	return body
}

// operationKey is the key of the context under which a request's operation is found.
type operationKey struct{}

// argumentsFor returns lists of arguments for a function: first with as little as possible, then with everything, then
// with one field of a struct at a time.
func argumentsFor(function reflect.Type) [][]reflect.Value {
	least, most := make([]reflect.Value, function.NumIn()), make([]reflect.Value, function.NumIn())
	for i := range function.NumIn() {
		least[i], most[i] = leastOf(function.In(i)), filled(function.In(i))
	}
	lists := [][]reflect.Value{least, most}
	for i := range function.NumIn() {
		if function.In(i).Kind() != reflect.Struct {
			continue
		}
		for field := range function.In(i).NumField() {
			one := reflect.New(function.In(i)).Elem()
			if one.Field(field).CanSet() {
				one.Field(field).Set(filled(one.Field(field).Type()))
				lists = append(lists, slices.Replace(slices.Clone(least), i, i+1, one))
			}
		}
	}
	return lists
}

// leastOf is the zero value, but for what a path is made of and for functions.
func leastOf(t reflect.Type) reflect.Value {
	switch t.Kind() {
	case reflect.String, reflect.Interface, reflect.Func:
		return filled(t)
	}
	return reflect.Zero(t)
}

// filled is a value with all parts set.
func filled(t reflect.Type) reflect.Value {
	value := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.String:
		value.SetString("x")
	case reflect.Bool:
		value.SetBool(true)
	case reflect.Int, reflect.Int64:
		value.SetInt(1)
	case reflect.Float64:
		value.SetFloat(1)
	case reflect.Pointer:
		value.Set(reflect.New(t.Elem()))
		value.Elem().Set(filled(t.Elem()))
	case reflect.Slice:
		value.Set(reflect.Append(value, filled(t.Elem())))
	case reflect.Interface:
		fillInterface(value)
	case reflect.Func:
		value.Set(reflect.MakeFunc(t, func([]reflect.Value) []reflect.Value { return zeros(t) }))
	case reflect.Struct:
		fillStruct(value)
	}
	return value
}

func fillInterface(value reflect.Value) {
	for _, any := range []any{context.Background(), "x"} {
		if reflect.TypeOf(any).Implements(value.Type()) {
			value.Set(reflect.ValueOf(any))
			return
		}
	}
}

func fillStruct(value reflect.Value) {
	if value.Type() == reflect.TypeFor[time.Time]() {
		value.Set(reflect.ValueOf(time.Unix(1e9, 0)))
		return
	}
	for i := range value.NumField() {
		if value.Field(i).CanSet() {
			value.Field(i).Set(filled(value.Field(i).Type()))
		}
	}
}

func zeros(function reflect.Type) []reflect.Value {
	results := make([]reflect.Value, function.NumOut())
	for i := range results {
		results[i] = reflect.Zero(function.Out(i))
	}
	return results
}

// drain runs through a sequence; other results are of no interest.
func drain(result reflect.Value) {
	if result.Kind() == reflect.Func && result.Type().CanSeq2() {
		for range result.Seq2() {
			break
		}
	}
}
