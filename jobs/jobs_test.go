package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"maunium.net/go/mautrix/id"

	"caretaker/admin"
	"caretaker/commands"
	"caretaker/jobs"
	"caretaker/render"
	"caretaker/store"
)

const (
	room    = id.RoomID("!room:example.org")
	command = id.EventID("$command")
)

// mill is what the long work of these tests acts on.
type mill struct {
	mu    sync.Mutex
	asked []string
	steps []error // of each poll, in order; without more of them the work is done
}

// begin says what the polls will come to.
func (m *mill) begin(steps ...error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.steps = steps
}

// seen is what was asked for so far.
func (m *mill) seen() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.asked)
}

func (m *mill) poll(state string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked = append(m.asked, state)
	if len(m.steps) == 0 {
		return nil
	}
	err := m.steps[0]
	m.steps = m.steps[1:]
	return err
}

type poller interface{ poll(state string) error }

type grindArgs struct {
	Name string `arg:"NAME" help:"Which."`
}

// Plan names the one thing.
func (a *grindArgs) Plan(context.Context, *commands.Env, poller) iter.Seq2[commands.Item, error] {
	return commands.OneItem(a.Name)
}

// Do asks how far it is.
func (a *grindArgs) Do(_ context.Context, _ *commands.Env, api poller, item commands.Item) (commands.Result, error) {
	return done(a.Name), api.poll(item.State)
}

type done string

// View implements [commands.Result].
func (d done) View() render.Doc { return render.Doc{render.Para{render.Text(string(d))}} }

type quickArgs struct{}

// Run does nothing.
func (a *quickArgs) Run(context.Context, *commands.Env, commands.None) (commands.Result, error) {
	return done("quick"), nil
}

// reporter keeps what it is told.
type reporter struct {
	mu     sync.Mutex
	ends   []end
	errs   []error // of JobEnded, in order
	kicked int
}

type end struct {
	op     store.Operation
	call   *commands.Call
	out    commands.Outcome
	thread id.EventID
}

// JobEnded implements [jobs.Reporter].
func (r *reporter) JobEnded(_ context.Context, op store.Operation, call *commands.Call, out commands.Outcome) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.errs) > 0 {
		err := r.errs[0]
		r.errs = r.errs[1:]
		return err
	}
	r.ends = append(r.ends, end{op, call, out, call.Env.Thread})
	return nil
}

// Kick implements [jobs.Reporter].
func (r *reporter) Kick() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kicked++
}

// told is what was reported so far, and how often somebody was woken.
func (r *reporter) told() (ends []end, kicked int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.ends), r.kicked
}

// count is how many ends were reported.
func (r *reporter) count() int {
	ends, _ := r.told()
	return len(ends)
}

// yard is a database with a follower.
type yard struct {
	t        *testing.T
	store    *store.Store
	mill     *mill
	report   *reporter
	registry *commands.Registry
	follower *jobs.Follower
	cancel   context.CancelFunc
	ended    chan error
}

// inYard runs a test with a follower that is not running yet.
func inYard(t *testing.T, test func(y *yard)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "caretaker.db"), store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		y := &yard{t: t, store: db, mill: &mill{}, report: &reporter{}}
		y.registry = commands.NewRegistry(commands.Group{Name: "mill", Summary: "Mill.", Commands: []*commands.Command{
			commands.DefineWork[grindArgs, poller](commands.Meta{Name: "mill grind", Summary: "Grind.", Risk: commands.Reversible, Examples: []string{"mill grind x"}}),
			commands.Define[quickArgs, commands.None](commands.Meta{Name: "mill quick", Summary: "Quick.", Examples: []string{"mill quick"}}),
		}})
		test(y)
		y.stop()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
}

func (y *yard) start() {
	y.follower = jobs.New(jobs.Options{
		Store: y.store, Registry: y.registry, Report: y.report, Log: zerolog.Nop(), Now: time.Now,
		Executor: &commands.Executor{Services: func(*admin.Recorder) commands.Services { return commands.Services{y.mill} }},
		Env: func(requester string) commands.Env {
			return commands.Env{Caller: commands.Caller{Name: requester, Role: commands.Owner}, ServerName: "example.org", Zone: time.UTC}
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	y.cancel, y.ended = cancel, make(chan error, 1)
	go func() { y.ended <- y.follower.Run(ctx) }()
	synctest.Wait()
}

func (y *yard) stop() {
	y.t.Helper()
	if y.cancel == nil {
		return
	}
	y.cancel()
	if err := <-y.ended; err != nil {
		y.t.Error(err)
	}
	y.cancel = nil
}

// add stores a job as the bot does.
func (y *yard) add(line string) int64 {
	y.t.Helper()
	call, err := y.registry.ParseText(line, commands.Env{
		Caller: commands.Caller{Name: "@ada:example.org", Role: commands.Owner}, Door: commands.DoorRoom, Room: room, Event: command,
		Thread: "$thread", ServerName: "example.org", Now: time.Now(), Zone: time.UTC,
	})
	if err != nil {
		y.t.Fatal(err)
	}
	ref, err := y.store.AuditIntent(y.t.Context(), store.AuditRecord{Actor: "@ada:example.org", Command: line})
	if err != nil {
		y.t.Fatal(err)
	}
	number, err := y.follower.Add(y.t.Context(), call, commands.Outcome{
		Ref: fmt.Sprint(ref), Again: &commands.AgainError{After: 3 * time.Second, State: "task"}, Item: commands.Item{Target: "x", State: "task"},
	})
	if err != nil {
		y.t.Fatal(err)
	}
	y.follower.Wake()
	return number
}

// sleep lets time pass and waits for what comes of it.
func (y *yard) sleep(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// expectEnd checks that one job has ended, and how.
func (y *yard) expectEnd(number int64, status commands.Status) end {
	y.t.Helper()
	ends, kicked := y.report.told()
	if len(ends) != 1 {
		y.t.Fatalf("%d ends were reported", len(ends))
	}
	e := ends[0]
	op, _, err := y.store.Operation(y.t.Context(), number)
	if err != nil || e.op.ID != number || e.out.Status != status || op.State != store.OperationDone || kicked != 1 {
		y.t.Errorf("job %d ended %s with %v, is %s (%v), kicked %d", e.op.ID, e.out.Status, e.out.Err, op.State, err, kicked)
	}
	return e
}

func TestFollow(t *testing.T) {
	inYard(t, func(y *yard) {
		y.start()
		y.mill.begin(commands.Again(3*time.Second, "later"), commands.Again(10*time.Second, "last"))
		number := y.add("mill grind x")
		y.sleep(3500 * time.Millisecond)
		y.sleep(3500 * time.Millisecond)
		if !slices.Equal(y.mill.seen(), []string{"task", "later"}) || y.report.count() != 0 {
			t.Errorf("asked for %v", y.mill.seen())
		}
		y.sleep(11 * time.Second)
		e := y.expectEnd(number, commands.StatusOK)
		if !slices.Equal(y.mill.seen(), []string{"task", "later", "last"}) || e.thread != "$thread" || e.op.EventID != command || e.out.Ref == "" {
			t.Errorf("asked for %v, ended %+v", y.mill.seen(), e)
		}
		y.sleep(time.Hour)
		y.expectEnd(number, commands.StatusOK)
	})
}

func TestFailure(t *testing.T) {
	inYard(t, func(y *yard) {
		y.start()
		y.mill.begin(admin.Failed("it broke"))
		number := y.add("mill grind x")
		y.sleep(4 * time.Second)
		y.expectEnd(number, commands.StatusFailed)
	})
}

// A server that is away is asked again, at least every minute.
func TestServerAway(t *testing.T) {
	inYard(t, func(y *yard) {
		y.start()
		y.mill.begin(slices.Repeat([]error{admin.Unavailable("nobody there")}, 20)...)
		number := y.add("mill grind x")
		y.sleep(10 * time.Minute)
		if n := len(y.mill.seen()); n < 10 || n > 20 || y.report.count() != 0 {
			t.Errorf("asked %d times in ten minutes, %d ends", n, y.report.count())
		}
		y.sleep(15 * time.Minute)
		y.expectEnd(number, commands.StatusOK)
	})
}

func TestRestart(t *testing.T) {
	inYard(t, func(y *yard) {
		y.start()
		y.mill.begin(commands.Again(time.Minute, "later"))
		number := y.add("mill grind x")
		y.sleep(4 * time.Second)
		y.stop()
		y.start()
		y.sleep(time.Hour)
		y.expectEnd(number, commands.StatusOK)
		if !slices.Equal(y.mill.seen(), []string{"task", "later"}) {
			t.Errorf("asked for %v", y.mill.seen())
		}
	})
}

// Somebody died while working on it.
func TestClaimOfDeadProcess(t *testing.T) {
	inYard(t, func(y *yard) {
		y.start()
		number := y.add("mill grind x")
		y.stop()
		items, err := y.store.Items(y.t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		if claimed, err := y.store.ClaimItem(y.t.Context(), items[0].ID); err != nil || !claimed {
			t.Fatal(claimed, err)
		}
		y.start()
		y.sleep(5 * time.Second)
		y.expectEnd(number, commands.StatusOK)
	})
}

// The end cannot be recorded: it is tried again, and recorded once.
func TestEndCannotBeRecorded(t *testing.T) {
	inYard(t, func(y *yard) {
		y.start()
		y.report.errs = []error{errors.New("disk full"), errors.New("disk full")}
		number := y.add("mill grind x")
		y.sleep(10 * time.Minute)
		y.expectEnd(number, commands.StatusOK)
	})
}

// A job that a newer version cannot read, or whose command is gone, ends instead of
// coming again at every start.
func TestUnreadableJobs(t *testing.T) {
	for name, op := range map[string]store.Operation{
		"command gone":     {Command: "mill polish x", Spec: []byte("{}")},
		"not long":         {Command: "mill quick", Spec: []byte("{}")},
		"arguments differ": {Command: "mill grind x y", Spec: []byte("{}")},
		"unclosed quote":   {Command: `mill grind "x`, Spec: []byte("{}")},
		"no command":       {Command: "", Spec: []byte("{}")},
		"spec":             {Command: "mill grind x", Spec: []byte("{")},
	} {
		t.Run(name, func(t *testing.T) {
			inYard(t, func(y *yard) {
				op.Kind, op.Requester, op.Door, op.RoomID, op.EventID = "mill grind", "@ada:example.org", "room", room, command
				number, err := y.store.AddOperation(y.t.Context(), op, store.Item{Target: "x", Resume: "task"})
				if err != nil {
					t.Fatal(err)
				}
				y.start()
				y.sleep(2 * time.Second)
				ends, _ := y.report.told()
				if len(ends) != 1 || ends[0].call == nil || ends[0].out.Err == nil {
					t.Fatalf("ended %+v", ends)
				}
				y.expectEnd(number, ends[0].out.Status)
			})
		})
	}
}

// What a terminal added is found without being told.
func TestJobOfAnotherProcess(t *testing.T) {
	inYard(t, func(y *yard) {
		y.start()
		y.sleep(time.Minute)
		op := store.Operation{Kind: "mill grind", Command: "mill grind x", Spec: []byte("{}"), Requester: "terminal:ada", Door: "terminal"}
		number, err := y.store.AddOperation(y.t.Context(), op, store.Item{Target: "x", Resume: "task"})
		if err != nil {
			t.Fatal(err)
		}
		y.sleep(1100 * time.Millisecond)
		y.expectEnd(number, commands.StatusOK)
	})
}
