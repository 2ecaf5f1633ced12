package bot

import (
	"context"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"caretaker/commands"
	"caretaker/store"
)

// Options is what a [Bot] is made of. All fields are required unless they say otherwise.
type Options struct {
	Store    *store.Store
	Client   *mautrix.Client // acts as the bot
	Facts    FactsReader
	Registry *commands.Registry
	// Executor runs the commands. Its Journal and Guard are set by [New].
	Executor *commands.Executor
	Jobs     Jobs
	Scrub    func(ctx context.Context) // wipes what a secret left in the database's files
	Recheck  func()                    // called when the homeserver seems to be away
	Log      zerolog.Logger
	Now      func() time.Time

	Bot         id.UserID
	DisplayName string
	Prefix      string // "!admin"
	ServerName  string
	Zone        *time.Location
	Version     string
	MaxAge      time.Duration // older changes are announced, not run
	ConfirmIn   time.Duration // how long a prompt waits
	Rooms       []string      // configured management rooms, ids or aliases; empty: the bot makes one
	// Roles maps user ids, or the server name for all its users.
	Roles map[string]commands.Role
}

// FactsReader reads what decides whether a room may be a management room.
type FactsReader interface {
	RoomFacts(ctx context.Context, room id.RoomID) (Facts, error)
}

// Facts are what decides whether a room may be a management room.
type Facts struct {
	Encrypted     bool
	Public        bool // anybody may join
	WorldReadable bool
}

// Jobs takes over work that goes on after a command's first step.
type Jobs interface {
	// Add stores the rest of a call as a job and returns its number. It joins the
	// transaction in ctx.
	Add(ctx context.Context, call *commands.Call, out commands.Outcome) (number int64, err error)
	// Wake is called after the commit.
	Wake()
}

// Bot answers commands. Create it by [New], then call [Bot.Run] once.
type Bot struct {
	Options
	address  address
	rooms    *rooms
	outbox   *outbox
	dispatch *dispatcher
	started  time.Time

	promptSignal chan struct{} // a prompt was made
	secretSignal chan struct{} // a secret was sent
	loaded       chan struct{} // closed when the rooms in the database are known
	stopping     chan struct{} // closed when Run is told to stop
	direct       sync.Mutex    // held while a direct room is looked for, so that nobody gets two

	mu        sync.Mutex // guards lastError
	lastError string
}

// New makes a bot. It asks nothing of the homeserver yet.
func New(opts Options) *Bot {
	b := &Bot{
		Options:      opts,
		address:      address{Prefix: opts.Prefix, Bot: opts.Bot, DisplayName: opts.DisplayName},
		started:      opts.Now(),
		promptSignal: make(chan struct{}, 1),
		secretSignal: make(chan struct{}, 1),
		loaded:       make(chan struct{}),
		stopping:     make(chan struct{}),
	}
	b.rooms = newRooms(b)
	b.outbox = newOutbox(b)
	b.dispatch = newDispatcher(b)
	opts.Executor.Journal = journal{b}
	opts.Executor.Guard = b
	return b
}

// Wake says that the inbox has new rows.
func (b *Bot) Wake() { b.dispatch.wake() }

// grace is how long work in progress may go on after the bot was told to stop.
const grace = 6 * time.Second

// Run answers commands until ctx ends. Then nothing new is begun; what is being
// done is finished and answered, or stays recorded for the next start.
func (b *Bot) Run(ctx context.Context) error {
	context.AfterFunc(ctx, func() { close(b.stopping) })
	if err := b.recover(ctx); err != nil {
		return err
	}
	if err := b.rooms.load(ctx); err != nil {
		return err
	}
	close(b.loaded)
	work, cancel := graceful(ctx)
	defer cancel()
	var parts, delivery sync.WaitGroup
	talk, silence := context.WithCancel(work)
	delivery.Go(func() { b.outbox.run(talk, work) })
	parts.Go(func() { b.dispatch.run(ctx, work) })
	for _, part := range []func(context.Context){b.expirePrompts, b.redactSecrets, b.checkpoints, b.tidy} {
		parts.Go(func() { part(ctx) })
	}
	parts.Wait()
	silence() // the last answers are stored by now
	delivery.Wait()
	return nil
}

// graceful gives the context of work in progress: it goes on for the grace after
// ctx has ended.
func graceful(ctx context.Context) (work context.Context, cancel context.CancelFunc) {
	work, end := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		pause(work, grace)
		end()
	})
	return work, func() {
		stop()
		end()
	}
}

// pause waits, or returns at once when ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// Connected is called each time the homeserver knows the bot after it did not.
func (b *Bot) Connected(ctx context.Context) {
	select {
	case <-b.loaded: // else the bot would take itself for one without a room
	case <-ctx.Done():
		return
	}
	b.noteError(nil)
	b.outbox.kick()
	b.rooms.settle(ctx)
}

// ManagementRoomIDs lists the rooms that the bot takes commands in.
func (b *Bot) ManagementRoomIDs() []id.RoomID { return b.rooms.joined() }

// noteError keeps the latest failure to reach the homeserver, for "status".
func (b *Bot) noteError(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lastError = ""
	if err != nil {
		b.lastError = err.Error()
	}
}

// ProcessStatus implements [commands.Process].
func (b *Bot) ProcessStatus(ctx context.Context) (commands.ProcessStatus, error) {
	pending, err := b.Store.PendingCount(ctx)
	if err != nil {
		return commands.ProcessStatus{}, err
	}
	running, waiting, err := b.Store.OperationCounts(ctx)
	if err != nil {
		return commands.ProcessStatus{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return commands.ProcessStatus{
		Bot:       commands.BotStatus{UserID: b.Bot, Version: b.Version, UptimeS: max(1, int64(b.Now().Sub(b.started).Seconds()))},
		Queue:     commands.QueueStatus{Pending: pending},
		Jobs:      commands.JobsStatus{Running: running, Waiting: waiting},
		LastError: b.lastError,
	}, nil
}
