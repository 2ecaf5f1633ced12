package media

import (
	"errors"

	"caretaker/commands"
)

// single names one file in synadm's ways.
type single struct {
	MediaID    commands.MediaRef `short:"i" long:"media-id" help:"Id of the file, of this server unless --server-name says another."`
	ServerName string            `short:"s" value:"SERVER" help:"Server that the file of --media-id comes from."`
	MXC        commands.MediaRef `short:"U" long:"mxc-uri" value:"URI" help:"URI of the file: mxc://server/id."`
}

// given counts how many of the ways are used.
func (s single) given() int {
	n := 0
	for _, media := range []commands.MediaRef{s.MediaID, s.MXC} {
		if media != (commands.MediaRef{}) {
			n++
		}
	}
	return n
}

// settle puts id and server together, so that the audit names the right file. It
// refuses a server name without an id.
func (s *single) settle() error {
	switch {
	case s.ServerName == "":
		return nil
	case s.MediaID == (commands.MediaRef{}):
		return errors.New("--server-name says where the file of --media-id comes from, which is missing")
	}
	s.MediaID.Server = s.ServerName
	return nil
}

// media is the file that is meant.
func (s single) media() commands.MediaRef {
	if s.MXC != (commands.MediaRef{}) {
		return s.MXC
	}
	return s.MediaID
}
