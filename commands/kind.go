package commands

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"maunium.net/go/mautrix/id"
)

// kind is one of the admitted types of arguments and options. A chat message
// reaches nothing that is not on this list: no file, no environment.
type kind int

const (
	kindString kind = iota
	kindBool
	kindInt
	kindUser
	kindRoom
	kindEvent
	kindMedia
	kindDate
	kindDuration
	kindSecret
	kindText
	kindToken
	kindPair
	kindFile
	kindJSON
)

var kindTypes = map[reflect.Type]kind{
	reflect.TypeFor[UserRef]():       kindUser,
	reflect.TypeFor[RoomRef]():       kindRoom,
	reflect.TypeFor[id.EventID]():    kindEvent,
	reflect.TypeFor[MediaRef]():      kindMedia,
	reflect.TypeFor[Date]():          kindDate,
	reflect.TypeFor[time.Duration](): kindDuration,
	reflect.TypeFor[Secret]():        kindSecret,
	reflect.TypeFor[Text]():          kindText,
	reflect.TypeFor[RegToken]():      kindToken,
	reflect.TypeFor[Pair]():          kindPair,
	reflect.TypeFor[LocalFile]():     kindFile,
	reflect.TypeFor[JSON]():          kindJSON,
	reflect.TypeFor[string]():        kindString,
	reflect.TypeFor[bool]():          kindBool,
	reflect.TypeFor[int]():           kindInt,
	reflect.TypeFor[int64]():         kindInt,
}

func kindOf(command, name string, t reflect.Type) kind {
	k, ok := kindTypes[t]
	if !ok {
		panic(fmt.Sprintf("commands: %s: %s has the type %s, which is not admitted", command, name, t))
	}
	return k
}

func (k kind) placeholder() string {
	return map[kind]string{
		kindInt: "N", kindUser: "USER", kindRoom: "ROOM", kindEvent: "EVENT", kindMedia: "MEDIA", kindDate: "DATE",
		kindDuration: "TIME", kindText: "TEXT", kindToken: "TOKEN", kindPair: "MEDIUM ADDRESS", kindFile: "FILE", kindSecret: "PASSWORD",
		kindJSON: "JSON",
	}[k]
}

// parse reads one value. The error is a part of a sentence: "is not a number".
func (k kind) parse(f *field, text string, env *Env) (reflect.Value, error) {
	var value any
	var err error
	switch k {
	case kindString:
		value, err = oneOf(f.enum, text)
	case kindText, kindSecret, kindToken, kindFile:
		return reflect.ValueOf(text).Convert(f.typ), nil
	case kindJSON:
		value, err = parseJSON(text)
	case kindInt:
		value, err = parseInt(text, f.min)
	case kindUser:
		value, err = parseUser(text, env)
	case kindRoom:
		value, err = parseRoom(text, env)
	case kindEvent:
		value, err = parseEvent(text)
	case kindMedia:
		value, err = parseMedia(text, env)
	case kindDate:
		value, err = ParseDate(text, env.Now, env.Zone, f.ahead)
	case kindDuration:
		value, err = ParseDuration(text)
	case kindPair:
		medium, address, _ := strings.Cut(text, " ") // the first word has no blank
		value = Pair{medium, address}
	case kindBool:
		value = text == "true"
	}
	return reflect.ValueOf(value), err
}

// format is the text that parse reads back as the same value.
func (k kind) format(v reflect.Value) string {
	switch value := v.Interface().(type) {
	case Date:
		return value.Format(time.RFC3339Nano)
	case time.Duration:
		return strconv.FormatFloat(value.Seconds(), 'f', -1, 64) + "s"
	case Pair:
		return value[0] + " " + value[1]
	default:
		return fmt.Sprint(value)
	}
}

// oneOf finds a value among those that are allowed, in any case; without any, all are.
func oneOf(enum []string, text string) (string, error) {
	i := slices.IndexFunc(enum, func(value string) bool { return strings.EqualFold(value, text) })
	switch {
	case len(enum) == 0:
		return text, nil
	case i < 0:
		return "", fmt.Errorf("is not one of %s", strings.Join(enum, ", "))
	}
	return enum[i], nil
}

func parseInt(text, least string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("is not a whole number")
	}
	if low, err := strconv.ParseInt(least, 10, 64); err == nil && n < low {
		return 0, fmt.Errorf("is less than %d", low)
	}
	return n, nil
}
