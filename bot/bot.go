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

	promptSignal chan struct{}   // a prompt was made
	secretSignal chan struct{}   // a secret was sent
	stopping     <-chan struct{} // closed when Run is told to stop

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
	}
	b.rooms = &rooms{bot: b, checked: map[id.RoomID]bool{}}
	b.outbox = newOutbox(b)
	b.dispatch = newDispatcher(b)
	opts.Executor.Journal = journal{b}
	opts.Executor.Guard = b
	return b
}

// Wake says that the inbox has new rows.
func (b *Bot) Wake() { b.dispatch.wake() }

// Run answers commands until ctx ends. Then nothing new is begun; what is being
// done is finished or stays recorded for the next start.
func (b *Bot) Run(ctx context.Context) error {
	b.stopping = ctx.Done()
	if err := b.recover(ctx); err != nil {
		return err
	}
	if err := b.rooms.load(ctx); err != nil {
		return err
	}
	var parts sync.WaitGroup
	for _, part := range []func(context.Context){b.outbox.run, b.dispatch.run, b.expirePrompts, b.redactSecrets, b.checkpoints} {
		parts.Go(func() { part(ctx) })
	}
	parts.Wait()
	return nil
}

// Connected is called each time the homeserver knows the bot after it did not.
func (b *Bot) Connected(ctx context.Context) {
	b.noteError(nil)
	b.outbox.retryNow()
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
