// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// limit bounds every wait; a test that reaches it has failed.
const limit = 120 * time.Second

// Root is the folder of the repository.
func Root() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		panic("cluster: the path of its own source is not known")
	}
	return filepath.Join(filepath.Dir(file), "..", "..", "..")
}

// folders below bazel-bin, for a CANDOR_BIN that has Bazel's layout.
var folders = map[string]string{
	"candor":         "client/cli",
	"candor-log":     "log",
	"candor-witness": "witness",
	"candor-load":    "tests/bench",
}

// Bin is the path of one of our programs: below the folder in the environment's CANDOR_BIN, or,
// when that is not set, below bazel-bin.
func Bin(name string) string {
	folder := os.Getenv("CANDOR_BIN")
	if folder == "" {
		folder = filepath.Join(Root(), "bazel-bin")
	}
	flat := filepath.Join(folder, name)
	if info, err := os.Stat(flat); err == nil && info.Mode().IsRegular() {
		return flat
	}
	return filepath.Join(folder, folders[name], name)
}

// Run runs a program to its end and answers its exit code and everything that it printed.
func Run(t testing.TB, argv ...string) (code int, out string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), argv[0], argv[1:]...)
	printed, err := command.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v\n%s", strings.Join(argv, " "), err, printed)
	}
	return command.ProcessState.ExitCode(), string(printed)
}

// MustRun is Run for a program that has to succeed.
func MustRun(t testing.TB, argv ...string) string {
	t.Helper()
	code, out := Run(t, argv...)
	if code != 0 {
		t.Fatalf("%s: exit code %d\n%s", strings.Join(argv, " "), code, out)
	}
	return out
}

// Program is a running server. What it says is kept, and shown when the test fails.
type Program struct {
	t       testing.TB
	name    string
	command *exec.Cmd
	lines   chan string
	ended   chan struct{} // closed once the process is gone
	stopped sync.Once

	mu   sync.Mutex
	said strings.Builder
}

// Launch starts a server, which ends with the test, and answers once it has printed a line with
// `ready` in it.
func Launch(t testing.TB, ready string, argv ...string) *Program {
	t.Helper()
	p := &Program{t: t, name: filepath.Base(argv[0]), lines: make(chan string, 1024),
		ended: make(chan struct{})}
	p.command = exec.Command(argv[0], argv[1:]...)
	// A test binary that is killed takes its servers along.
	p.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	reader, writer := io.Pipe()
	p.command.Stdout, p.command.Stderr = writer, writer
	if err := p.command.Start(); err != nil {
		t.Fatalf("%s: %v", p.name, err)
	}
	go p.read(reader)
	go func() {
		_ = p.command.Wait() // its exit code is in ProcessState
		_ = writer.Close()
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.Stop()
		if t.Failed() {
			t.Logf("%s said:\n%s", p.name, p.Output())
		}
	})
	p.waitForLine(ready)
	return p
}

func (p *Program) read(reader io.Reader) {
	defer close(p.lines)
	scanner := bufio.NewScanner(reader)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		p.mu.Lock()
		p.said.WriteString(scanner.Text() + "\n")
		p.mu.Unlock()
		select {
		case p.lines <- scanner.Text():
		default: // nobody waits any more
		}
	}
	_, _ = io.Copy(io.Discard, reader) // a line over the bound must not block the server
}

func (p *Program) waitForLine(part string) {
	p.t.Helper()
	deadline := time.After(limit)
	for {
		select {
		case line, open := <-p.lines:
			if !open {
				p.t.Fatalf("%s ended before it said %q:\n%s", p.name, part, p.Output())
			}
			if strings.Contains(line, part) {
				return
			}
		case <-deadline:
			p.t.Fatalf("%s did not say %q:\n%s", p.name, part, p.Output())
		}
	}
}

// Output is everything that it has said so far.
func (p *Program) Output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// Pid is the server's process id.
func (p *Program) Pid() int { return p.command.Process.Pid }

// Running tells whether the process is still there.
func (p *Program) Running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// Stop ends the server as an operator would, and answers its exit code.
func (p *Program) Stop() int {
	p.stopped.Do(func() {
		_ = p.command.Process.Signal(syscall.SIGTERM) // it may have ended already
		select {
		case <-p.ended:
		case <-time.After(limit):
			_ = p.command.Process.Kill()
			<-p.ended
			p.t.Errorf("%s did not end on SIGTERM", p.name)
		}
	})
	return p.command.ProcessState.ExitCode()
}
