package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"

	mxas "maunium.net/go/mautrix/appservice"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"caretaker/appservice"
	"caretaker/bench"
)

// echo is the least that a bot can be: it takes what the homeserver pushes in memory and replies to each message.
type echo struct {
	user   id.UserID
	dir    string
	file   string // of the registration
	reg    *mxas.Registration
	ln     net.Listener
	server *http.Server
}

// newEcho writes the registration and opens the port. The rest follows when the homeserver runs.
func newEcho(run *bench.Run) (*echo, error) {
	dir, err := run.TempDir()
	if err != nil {
		return nil, err
	}
	e := &echo{user: "@echo:" + bench.ServerName, dir: dir, file: filepath.Join(dir, "registration.yaml")}
	if e.ln, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, errors.Join(fmt.Errorf("open a port: %w", err), os.RemoveAll(dir))
	}
	e.reg = appservice.NewRegistration(e.user, "http://"+e.ln.Addr().String())
	if _, err := appservice.SaveRegistration(e.file, e.reg); err != nil {
		return nil, errors.Join(err, e.ln.Close(), os.RemoveAll(dir))
	}
	return e, nil
}

// run makes the account and answers until ctx ends.
func (e *echo) run(ctx context.Context, homeserverURL string) error {
	as, err := mxas.CreateFull(mxas.CreateOpts{Registration: e.reg, HomeserverDomain: bench.ServerName, HomeserverURL: homeserverURL})
	if err != nil {
		return fmt.Errorf("make the echo bot: %w", err)
	}
	if err := as.Intent(e.user).EnsureRegistered(ctx); err != nil {
		return fmt.Errorf("register the echo bot: %w", err)
	}
	processor := mxas.NewEventProcessor(as)
	client := as.Client(e.user)
	processor.On(event.StateMember, func(ctx context.Context, evt *event.Event) {
		if evt.GetStateKey() == e.user.String() && evt.Content.AsMember().Membership == event.MembershipInvite {
			_, _ = client.JoinRoomByID(ctx, evt.RoomID) // who waits for it says so
		}
	})
	processor.On(event.EventMessage, func(ctx context.Context, evt *event.Event) {
		if evt.Sender == e.user {
			return
		}
		reply := &event.MessageEventContent{MsgType: event.MsgNotice, Body: evt.Content.AsMessage().Body}
		reply.SetReply(evt)
		_, _ = client.SendMessageEvent(ctx, evt.RoomID, event.EventMessage, reply) // who waits for it says so
	})
	processor.Start(ctx)
	e.server = &http.Server{Handler: as.Router}
	go func() { _ = e.server.Serve(e.ln) }() // ends with close
	return nil
}

func (e *echo) close() error {
	if e.server != nil {
		_ = e.server.Close() // its listener, too
	}
	_ = e.ln.Close() // it may be closed already
	return os.RemoveAll(e.dir)
}
