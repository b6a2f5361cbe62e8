// Command switchdesk is the contact centre: one program that serves, and the
// few commands around it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"switchdesk/app"
	"switchdesk/configs"
	"switchdesk/flows"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// Exit codes: 0 done, 1 it failed, 2 the command line is wrong.
const (
	exitDone = iota
	exitFailed
	exitUsage
)

type commands struct {
	Serve       serveCmd   `cmd:"" help:"Run Switchdesk."`
	Demo        demoCmd    `cmd:"" help:"Run it with a simulated switch, an account and callers; nothing else is needed."`
	Migrate     migrateCmd `cmd:"" help:"Bring the database's schema up to date."`
	CheckConfig checkCmd   `cmd:"" name:"check-config" help:"Name every mistake in a configuration file, with its line."`

	Flow             flowCmd     `cmd:"" help:"Check, play and test flow files."`
	Doctor           doctorCmd   `cmd:"" help:"Check switch, database, object store and folders, and say what to do about each failure."`
	CreateAdmin      adminCmd    `cmd:"" name:"create-admin" help:"Make an account and an administrator in it."`
	FreeSWITCHConfig fsConfigCmd `cmd:"" name:"freeswitch-config" help:"Write a FreeSWITCH configuration that works with this one."`
	OpenAPI          openAPICmd  `cmd:"" name:"openapi" help:"Print the API's description."`
	Version          versionCmd  `cmd:"" help:"Print the version."`
	GenerateCalls    generateCmd `cmd:"" name:"generate-calls" hidden:"" help:"Write made-up calls, for measuring on large tables."`
}

// env is what a command may use of the world.
type env struct {
	ctx      context.Context
	out, err io.Writer
}

// run is the whole program: it parses args, carries out the command and
// returns the exit code.
func run(args []string, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c commands
	code, exited := exitDone, false
	parser, err := kong.New(&c, kong.Name("switchdesk"), kong.Description("A contact centre beside FreeSWITCH."),
		kong.Vars{"then": strings.Join(flows.ThenWords, ", ")}, kong.Writers(out, errOut), kong.Exit(func(n int) { code, exited = n, true }))
	if err != nil {
		fmt.Fprintln(errOut, "switchdesk:", err)
		return exitFailed
	}
	parsed, err := parser.Parse(args)
	if exited {
		return code
	}
	if err != nil {
		fmt.Fprintln(errOut, "switchdesk:", err)
		fmt.Fprintln(errOut, "Try: switchdesk --help")
		return exitUsage
	}
	if err := parsed.Run(&env{ctx, out, errOut}); err != nil {
		if !errors.Is(err, errTold) {
			fmt.Fprintln(errOut, "switchdesk:", err)
		}
		return exitFailed
	}
	return exitDone
}

// errTold: what is wrong has been printed already.
var errTold = errors.New("failed")

type configFlag struct {
	Config string `short:"c" help:"Configuration file; environment variables SWITCHDESK_… override it." type:"path"`
}

func (f configFlag) load() (configs.Config, error) { return configs.Load(f.Config, os.Environ()) }

func logger(cfg configs.Log, w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Level)); err != nil {
		level = slog.LevelInfo
	}
	opts := &slog.HandlerOptions{Level: level}
	if strings.EqualFold(cfg.Format, "json") {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

type serveCmd struct{ configFlag }

func (c *serveCmd) Run(e *env) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	a, err := app.New(e.ctx, cfg, logger(cfg.Log, e.err))
	if err != nil {
		return err
	}
	return a.Run(e.ctx)
}

type demoCmd struct {
	Addr   string `help:"Address to serve at." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Data   string `help:"Folder for the data; a new temporary one if left out." type:"path"`
	Calls  int    `help:"Make so many scripted calls; without it callers keep calling in."`
	Exit   bool   `help:"End after the calls and print a summary as one JSON object."`
	Switch string `help:"sim or freeswitch." default:"sim" enum:"sim,freeswitch"`
	Log    string `help:"debug, info, warn or error." default:"warn"`
}

func (c *demoCmd) Run(e *env) error {
	if c.Exit && c.Calls <= 0 {
		return errors.New("--exit needs --calls N")
	}
	d := app.Demo{Addr: c.Addr, Data: c.Data, Calls: c.Calls, Exit: c.Exit, FreeSWITCH: c.Switch == "freeswitch", Log: logger(configs.Log{Level: c.Log}, e.err)}
	if c.Exit {
		d.Addr = "127.0.0.1:0"
	}
	return app.RunDemo(e.ctx, d, e.out)
}

type migrateCmd struct{ configFlag }

func (c *migrateCmd) Run(e *env) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	done, err := app.Migrate(e.ctx, cfg)
	for _, name := range done {
		fmt.Fprintln(e.out, "applied", name)
	}
	if err == nil && len(done) == 0 {
		fmt.Fprintln(e.out, "the schema is up to date")
	}
	return err
}

type checkCmd struct {
	File string `arg:"" optional:"" help:"Configuration file." type:"path"`
	configFlag
}

func (c *checkCmd) Run(e *env) error {
	file := c.File
	if file == "" {
		file = c.Config
	}
	problems := configs.Check(file, os.Environ())
	for _, p := range problems {
		fmt.Fprintln(e.out, p)
	}
	if len(problems) > 0 {
		return errTold
	}
	fmt.Fprintln(e.out, "the configuration is good")
	return nil
}

type doctorCmd struct {
	configFlag
	Records bool   `help:"Hold calls, their details, recordings and objects against each other instead; a line for each fault."`
	Data    string `help:"With --records: the folder that a demo left, instead of a configuration." type:"path"`
}

func (c *doctorCmd) Run(e *env) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if c.Records || c.Data != "" {
		if c.Data != "" {
			cfg.DataDir = c.Data
		}
		faults, err := app.CheckRecords(e.ctx, cfg, e.out)
		if err == nil && faults > 0 {
			err = errTold
		}
		return err
	}
	if app.Doctor(e.ctx, cfg, e.out) > 0 {
		return errTold
	}
	return nil
}

type adminCmd struct {
	configFlag
	Account  string `help:"Short name of the account; made if there is none." required:"" placeholder:"SLUG"`
	Company  string `help:"Name of the account if it is made."`
	Login    string `help:"Sign-in name." required:""`
	Name     string `help:"The person's name."`
	Password string `help:"Password; read from standard input if left out, so that it is in no history." env:"SWITCHDESK_ADMIN_PASSWORD"`
}

func (c *adminCmd) Run(e *env) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	password := c.Password
	if password == "" {
		if password, err = readLine(os.Stdin); err != nil {
			return err
		}
	}
	name := c.Name
	if name == "" {
		name = c.Login
	}
	if err := app.CreateAdmin(e.ctx, cfg, app.NewAdmin{Account: c.Account, Company: c.Company, Login: c.Login, Name: name, Password: password}); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "sign in as %s@%s\n", c.Login, c.Account)
	return nil
}

func readLine(r io.Reader) (string, error) {
	data, err := io.ReadAll(io.LimitReader(r, 1024))
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(data), "\n")
	return strings.TrimRight(line, "\r"), nil
}

type fsConfigCmd struct {
	configFlag
	Dir string `arg:"" help:"Folder to write to; it must be empty or new." type:"path"`
}

func (c *fsConfigCmd) Run(e *env) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if err := app.WriteFreeSWITCH(cfg, c.Dir); err != nil {
		return err
	}
	fmt.Fprintln(e.out, "written to", c.Dir)
	return nil
}

type generateCmd struct {
	configFlag
	Account string `help:"Short name of the account." required:""`
	Calls   int    `help:"How many." default:"100000"`
	Days    int    `help:"Over how many days, back from now." default:"90"`
	Records bool   `help:"The records alone, without steps, rings, legs, visits and recordings."`
	Seed    uint64 `help:"The same seed makes the same calls." default:"1"`
}

func (c *generateCmd) Run(e *env) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	return app.GenerateCalls(e.ctx, cfg, app.Generate{Account: c.Account, Count: c.Calls, Days: c.Days, Records: c.Records, Seed: c.Seed}, e.out)
}

type openAPICmd struct{}

func (openAPICmd) Run(e *env) error {
	spec, err := app.OpenAPI()
	if err != nil {
		return err
	}
	_, err = e.out.Write(append(spec, '\n'))
	return err
}

// version is set by the release build.
var version = "dev"

type versionCmd struct{}

func (versionCmd) Run(e *env) error {
	_, err := fmt.Fprintln(e.out, "switchdesk", version)
	return err
}
