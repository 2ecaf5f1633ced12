package user

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/render"
)

// newPassword is embedded by the arguments of commands that always set a password.
type newPassword struct {
	Password *commands.Secret `short:"p" help:"The password. Without it a hidden question is asked."`
	Generate bool             `help:"Make a password and print it. In a room one is always made, and sent to you alone."`
}

// Validate refuses two sources at once, and the empty password.
func (p *newPassword) Validate() error {
	switch {
	case p.Password != nil && p.Generate:
		return errors.New("--password and --generate cannot be used together")
	case p.Password != nil && *p.Password == "":
		return errors.New("the password is empty")
	}
	return nil
}

// AskSecret reports whether a terminal has to ask for the password, and with what words.
func (p *newPassword) AskSecret() (prompt string, need bool) {
	return "New password", p.Password == nil && !p.Generate
}

// SetSecret stores the password that was typed.
func (p *newPassword) SetSecret(password string) { p.Password = secret(password) }

func secret(password string) *commands.Secret {
	typed := commands.Secret(password)
	return &typed
}

// chosen is the password that a call sets, and whether it was made here.
type chosen struct {
	password admin.Secret
	made     bool
	terminal bool
}

// choose takes the typed password, or makes one where that is wanted or nothing
// can be typed in secret. The command is named in the error's hint.
func (p *newPassword) choose(env *commands.Env, command string) (chosen, error) {
	terminal := env.Door == commands.DoorTerminal
	if p.Password != nil {
		return chosen{password: admin.Secret(*p.Password), terminal: terminal}, nil
	}
	if err := p.lacking(env, command); err != nil {
		return chosen{}, err
	}
	password, err := makePassword()
	return chosen{password: password, made: true, terminal: terminal}, err
}

// lacking is the error of a terminal that was given no password and could not ask for one.
func (p *newPassword) lacking(env *commands.Env, command string) error {
	if env.Door != commands.DoorTerminal || p.Password != nil || p.Generate || env.DryRun {
		return nil
	}
	return &commands.UsageError{
		Message: "there is no password, and no terminal to ask for one; add --generate or --password",
		Hint:    "help " + command,
	}
}

// Letters and digits that nobody mistakes for each other.
const alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// passwordLength gives about 116 bits.
const passwordLength = 20

func makePassword() (admin.Secret, error) {
	var b strings.Builder
	for range passwordLength {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		if err != nil {
			return "", fmt.Errorf("make password: %w", err)
		}
		b.WriteByte(alphabet[n.Int64()])
	}
	return admin.Secret(b.String()), nil
}

// json adds a password that was made to an answer, on a terminal only: in a room
// the answer is there for all to see.
func (c chosen) json(answer json.RawMessage) ([]byte, error) {
	if !c.made || !c.terminal {
		return answer, nil
	}
	password, err := json.Marshal(c.password.Reveal())
	if err != nil {
		return nil, err
	}
	object, _ := strings.CutSuffix(strings.TrimSpace(string(answer)), "}")
	if strings.TrimSpace(object) != "{" {
		object += ","
	}
	return fmt.Appendf(nil, `%s"password":%s}`, object, password), nil
}

// reveal shows a password that was made, to the caller alone.
func (c chosen) reveal(user id.UserID) render.Doc {
	return render.Doc{sentence("Password of", user, ":"), render.Code{Text: c.password.Reveal()}}
}

// announce says in a room where the password is.
func (c chosen) announce() render.Doc {
	if !c.made || c.terminal {
		return nil
	}
	return render.Doc{render.Para{render.Text("A new password was made. You get it in a direct message.")}}
}
