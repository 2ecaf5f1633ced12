package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"caretaker/appservice"
	"caretaker/store"

	"github.com/rs/zerolog"

	mxas "maunium.net/go/mautrix/appservice"
	"maunium.net/go/mautrix/id"
)

const bot id.UserID = "@caretaker:bench.example"

// subject is a handler under measurement, listening on loopback.
type subject struct {
	server *httptest.Server
	token  string
	drain  func(ctx context.Context) error // takes what came in further, as the bot's workers do
	close  func() error
}

// library is mautrix's own handler. Its channel is emptied as fast as it fills.
func library() *subject {
	as := mxas.Create()
	as.Registration = appservice.NewRegistration(bot, "http://127.0.0.1")
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-as.Events:
			case <-stop:
				return
			}
		}
	}()
	server := httptest.NewServer(as.Router)
	return &subject{
		server: server,
		token:  as.Registration.ServerToken,
		drain:  func(context.Context) error { return nil },
		close: func() error {
			server.Close()
			close(stop)
			return nil
		},
	}
}

// durable is our handler with a new database in dir, which is removed at the end.
func durable(ctx context.Context, dir string) (*subject, error) {
	dir, err := os.MkdirTemp(dir, "caretaker-bench-")
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, filepath.Join(dir, "caretaker.db"), store.Options{})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	reg := appservice.NewRegistration(bot, "http://127.0.0.1")
	intake := appservice.NewIntake(appservice.IntakeOptions{
		Registration: reg,
		Bot:          bot,
		Inbox:        db,
		Log:          zerolog.Nop(),
	})
	server := httptest.NewServer(http.Handler(intake))
	return &subject{
		server: server,
		token:  reg.ServerToken,
		drain:  (&reader{db: db}).drain,
		close: func() error {
			server.Close()
			return errors.Join(db.Close(), os.RemoveAll(dir))
		},
	}, nil
}

// reader reads the inbox as the bot does, remembering how far it came.
type reader struct {
	db  *store.Store
	seq int64
}

func (r *reader) drain(ctx context.Context) error {
	for {
		rows, err := r.db.PendingAfter(ctx, r.seq, 500)
		if err != nil || len(rows) == 0 {
			return err
		}
		r.seq = rows[len(rows)-1].Seq
	}
}
