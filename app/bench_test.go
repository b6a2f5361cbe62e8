package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"switchdesk/accounts"
	"switchdesk/agents"
	"switchdesk/configs"
	"switchdesk/dialplan"
	"switchdesk/floor"
	"switchdesk/flows"
	"switchdesk/queues"
	"switchdesk/simswitch"
	"switchdesk/storage/db"
)

// init lets the test binary be the controller of a measurement.
func init() {
	if file := os.Getenv("SWITCHDESK_BENCH_SERVE"); file != "" {
		if err := serveForBench(file); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// serveForBench is `switchdesk serve` with every agent signed in.
func serveForBench(file string) error {
	cfg, err := configs.Load(file, nil)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	// BENCH_PROFILE names a file for the controller's processor profile.
	if profile := os.Getenv("BENCH_PROFILE"); profile != "" {
		f, err := os.Create(profile)
		if err == nil {
			err = pprof.StartCPUProfile(f)
		}
		if err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	a, err := New(ctx, cfg, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	go func() {
		list, err := a.agents.AllProfiles(ctx)
		for _, p := range list {
			if err == nil {
				err = a.floor.Do(ctx, floor.SignIn{Account: p.AccountID, Agent: p.UserID})
			}
		}
		fmt.Fprintln(os.Stderr, "seated", len(list), err)
	}()
	if n, err := strconv.Atoi(os.Getenv("BENCH_HOLD")); err == nil {
		go hold(ctx, a, n)
	}
	return a.Run(ctx)
}

// hold has n agents hold their calls.
func hold(ctx context.Context, a *App, n int) {
	for ctx.Err() == nil {
		list, err := a.floor.LiveCalls(ctx, 1)
		if err != nil {
			return
		}
		left := n
		for _, c := range list {
			if c.State == "held" {
				left--
			}
		}
		for _, c := range list {
			if c.State == "talking" && left > 0 {
				left--
				_ = a.floor.Do(ctx, floor.Hold{Account: 1, Agent: c.Agent, Call: c.ID}) // asked again if refused
			}
		}
		time.Sleep(300 * time.Millisecond)
	}
}

// benchWorld is a simulated switch in this process, and a whole controller
// with SQLite, journal, recordings and figures in another.
type benchWorld struct {
	b       testing.TB
	engine  *simswitch.Engine
	dir     string
	file    string
	addr    string
	account int64
	cmd     *exec.Cmd
	env     []string
	log     lockedBuffer
	end     func() // of controller and switch
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// benchNumber leads to a menu; the others straight to the node that is named.
const (
	benchNumber  = "4008001234"
	servedNumber = "4008001235"
	deafNumber   = "4008001236" // a queue that nobody serves
)

var benchFlows = map[string]string{benchNumber: benchFlow, servedNumber: queueFlow("大组"), deafNumber: queueFlow("慢组"), toAndFroNumber: toAndFro}

func queueFlow(group string) string {
	return fmt.Sprintf("name: 直接%[1]s\nstart: 排队\nnodes:\n  排队: {kind: group, group: %[1]s, exits: {no_agent: 再见, timeout: 再见}}\n  再见: {kind: hangup}\n", group)
}

// benchFlow: a menu, something to listen to, a queue.
const benchFlow = `
name: 测量菜单
start: 菜单
nodes:
  菜单:
    kind: menu
    play: welcome
    timeout: 60s
    tries: 5
    keys: {1: 说明, 2: 排队, 3: 等}
    exits: {timeout: 再见, invalid: 再见}
  说明:
    kind: prompt
    play: [office_hours]
    exits: {next: 排队}
  排队: {kind: group, group: 大组, exits: {no_agent: 再见, timeout: 再见}}
  等: {kind: group, group: 慢组, exits: {no_agent: 再见, timeout: 再见}}
  再见: {kind: hangup}
`

// newBenchWorld seeds an account with n agents in one group, and a group of
// one agent who never comes.
func newBenchWorld(b testing.TB, n int, opt simswitch.Options, phone func(simswitch.Ringing) simswitch.Reaction) *benchWorld {
	b.Helper()
	dir := b.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	opt.Password, opt.Seed, opt.RecordTiny, opt.MaxSessions = "socket-of-a-test", 1, true, 40_000
	if opt.Prompt == nil {
		opt.Prompt = simswitch.FixedPrompts(2 * time.Second)
	}
	engine := simswitch.New(opt)
	ran := make(chan struct{})
	go func() { defer close(ran); _ = engine.Run(ctx) }()
	socket, err := engine.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	w := &benchWorld{b: b, engine: engine, dir: dir, addr: freePortOf(b), file: filepath.Join(dir, "switchdesk.yaml")}
	w.end = sync.OnceFunc(func() { w.kill(); stop(); <-ran })
	b.Cleanup(w.end)
	w.configure(socket.Addr(), "socket-of-a-test")
	w.seed(n)
	for i := range n {
		engine.Register(simswitch.Phone{User: floor.PhoneUser(w.account, strconv.Itoa(10_001+i), agents.Web), React: phone})
	}
	return w
}

func (w *benchWorld) configure(socket, password string) {
	w.b.Helper()
	text := fmt.Sprintf("http: {addr: %q, secure_cookies: false}\ndata_dir: %q\nlog: {level: warn}\nswitches: [{name: fs1, addr: %q, password: %s}]\nstop_timeout: 2s\n",
		w.addr, filepath.Join(w.dir, "data"), socket, password)
	w.must(os.WriteFile(w.file, []byte(text), 0o600))
}

func freePortOf(b testing.TB) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (w *benchWorld) must(err error) {
	w.b.Helper()
	if err != nil {
		w.b.Fatal(err)
	}
}

func (w *benchWorld) seed(n int) {
	w.b.Helper()
	ctx := context.Background()
	cfg, err := configs.Load(w.file, nil)
	w.must(err)
	_, err = Migrate(ctx, cfg)
	w.must(err)
	a, err := New(ctx, cfg, slog.New(slog.DiscardHandler))
	w.must(err)
	defer a.close()
	account, roles, err := a.accounts.CreateAccount(ctx, accounts.Account{Slug: "bench", Name: "测量", Timezone: "Asia/Shanghai", Language: "zh-CN"})
	w.must(err)
	w.account = account.ID
	operator := accounts.Actor{AccountID: account.ID, Rights: accounts.All(), Scope: accounts.ScopeAll}
	boss, err := a.accounts.Seed(ctx, account.ID, accounts.User{Login: "boss", Name: "班长", RoleID: roles[0].ID}, crashPassword)
	w.must(err)
	people := w.agents(a, boss, n)
	w.group(a, "大组", people[1:])
	w.group(a, "慢组", people[:1])
	refs, err := a.flowRefs(ctx, account.ID)
	w.must(err)
	for number, source := range benchFlows {
		v, problems, err := a.flows.Upload(ctx, account.ID, flows.NewVersion{File: "bench.yaml", Source: []byte(source)}, refs)
		if err != nil {
			w.b.Fatal(err, problems)
		}
		_, err = a.flows.Activate(ctx, account.ID, v.FlowID, v.Number, 0, refs)
		w.must(err)
		_, err = a.numbers.SaveNumber(ctx, operator, dialplan.ServiceNumber{Number: number, Name: number, FlowID: v.FlowID, Enabled: true})
		w.must(err)
	}
}

// agents writes n users straight into the table: hashing a password each
// would take minutes. The first is agent 10000, without a phone.
func (w *benchWorld) agents(a *App, like accounts.User, n int) []int64 {
	w.b.Helper()
	users := make([]accounts.User, n+1)
	for i := range users {
		number := strconv.Itoa(10_000 + i)
		u := like
		u.ID, u.Login, u.Name, u.Number = 0, number, "座席"+number, &number
		users[i] = u
	}
	w.must(db.AllAccounts(a.db).CreateInBatches(users, 500).Error)
	ids := make([]int64, len(users))
	for i, u := range users {
		ids[i] = u.ID
		if w.engine == nil { // a real switch, desk phones
			w.must(a.agents.Save(context.Background(), agents.Profile{UserID: u.ID, AccountID: w.account, Method: agents.SIP}))
		}
	}
	return ids
}

func (w *benchWorld) group(a *App, name string, ids []int64) {
	w.b.Helper()
	g := queues.Group{Account: w.account, Name: name, Strategy: queues.LongestIdle, AfterMiss: agents.AskAgain,
		RingTime: 60 * time.Second, WaitLimit: time.Hour, OnNoAgent: queues.Exit{Kind: queues.ExitFlow},
		OnTimeout: queues.Exit{Kind: queues.ExitFlow}, OnFull: queues.Exit{Kind: queues.ExitFlow}}
	for i, id := range ids {
		g.Members = append(g.Members, queues.Member{Agent: id, Level: 1, Order: i % 15_000})
	}
	_, err := a.groups.Save(context.Background(), g)
	w.must(err)
}

// start starts the controller and waits until it is ready; it tells how long
// that took from exec.
func (w *benchWorld) start() time.Duration {
	w.b.Helper()
	self, err := os.Executable()
	w.must(err)
	w.cmd = exec.Command(self)
	w.cmd.Env = append(append(os.Environ(), "SWITCHDESK_BENCH_SERVE="+w.file), w.env...)
	w.cmd.Stderr = &w.log
	began := time.Now()
	w.must(w.cmd.Start())
	w.until("the controller is ready", 30*time.Second, func() bool {
		resp, err := http.Get("http://" + w.addr + "/readyz")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	return time.Since(began)
}

// stop ends the controller in order.
func (w *benchWorld) stop() {
	w.must(w.cmd.Process.Signal(syscall.SIGTERM))
	_ = w.cmd.Wait()
	w.cmd = nil
}

// kill is kill -9.
func (w *benchWorld) kill() {
	if w.cmd != nil {
		_ = w.cmd.Process.Kill()
		_ = w.cmd.Wait()
		w.cmd = nil
	}
}

func (w *benchWorld) until(what string, limit time.Duration, ok func() bool) {
	w.b.Helper()
	deadline := time.Now().Add(limit)
	for !ok() {
		if time.Now().After(deadline) {
			state := "a real one"
			if w.engine != nil {
				state = fmt.Sprintf("%+v", w.engine.Stats())
			}
			w.b.Fatalf("not within %v: %s\nswitch: %s\ncontroller:\n%s", limit, what, state, w.log.String())
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// seated waits until the agents are signed in.
func (w *benchWorld) seated() {
	w.b.Helper()
	w.until("the agents are signed in", time.Minute, func() bool { return strings.Contains(w.log.String(), "seated ") })
	if !strings.Contains(w.log.String(), "<nil>") {
		w.b.Fatal(w.log.String())
	}
}

// figure reads one of the controller's own figures; those with labels are
// summed.
func (w *benchWorld) figure(name string) float64 {
	w.b.Helper()
	req, err := http.NewRequest(http.MethodGet, "http://"+w.addr+"/metrics", http.NoBody)
	w.must(err)
	req.Header.Set("Accept-Encoding", "identity") // packing would count as the controller's work
	resp, err := http.DefaultClient.Do(req)
	w.must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	w.must(err)
	sum, found := 0.0, false
	for line := range strings.Lines(string(text)) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), " ")
		if ok && (key == name || strings.HasPrefix(key, name+"{")) {
			v, err := strconv.ParseFloat(value, 64)
			w.must(err)
			sum, found = sum+v, true
		}
	}
	if !found && !strings.HasSuffix(name, "_total") { // a total begins with its first count
		w.b.Fatalf("%s has no %s: %.500s", resp.Status, name, text)
	}
	return sum
}

// cpu is the processor time that the controller has used.
func (w *benchWorld) cpu() time.Duration {
	w.b.Helper()
	return processCPU(w.b, w.cmd.Process.Pid)
}

func processCPU(b testing.TB, pid int) time.Duration {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	f := strings.Fields(rest)
	ticks := 0
	for _, i := range []int{11, 12} { // utime, stime
		n, err := strconv.Atoi(f[i])
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// resident is the controller's memory in bytes.
func (w *benchWorld) resident() int64 { return status(w.b, w.cmd.Process.Pid, "VmRSS:") }

func status(b testing.TB, pid int, field string) int64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if v, ok := strings.CutPrefix(line, field); ok {
			kib, err := strconv.ParseInt(strings.Fields(v)[0], 10, 64)
			if err != nil {
				b.Fatal(err)
			}
			return kib << 10
		}
	}
	b.Fatalf("no %s", field)
	return 0
}

// goalLine prints one line of the table of figures.
func goalLine(format string, args ...any) { fmt.Printf("\n"+format+"\n", args...) }
