// SPDX-License-Identifier: Apache-2.0

// Package cluster starts a log with its witnesses as real processes, on loopback ports that the
// system chose, for tests that let other people's programs talk to them. Nothing here sleeps, and
// everything ends with the test.
package cluster

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// DefaultOrigin is the origin of a log that was not given another.
const DefaultOrigin = "log.example/interop"

// Options of Start; the zero value is a log without witnesses.
type Options struct {
	Origin    string
	Witnesses int
	Quorum    int                   // of the witnesses; 0 is `quorum none`
	TLS       bool                  // on the log's two ports and on the witnesses'
	LogFlags  []string              // further flags of `candor-log run`
	Policy    func(*Cluster) string // replaces the text of the trust policy
	NoLog     bool                  // the log is made, but StartLog is left to the test
}

// Witness is a running candor-witness that follows the log.
type Witness struct {
	Name, Vkey, URL string
	Program         *Program
}

// Cluster is a log with its witnesses. URL and GRPC are set once the log runs.
type Cluster struct {
	Options                 Options
	Dir, Origin, LogVkey    string
	URL, GRPC               string // "http://127.0.0.1:1", "127.0.0.1:2"
	PolicyFile, CAFile      string // CAFile is empty without TLS
	Witnesses               []*Witness
	Log                     *Program
	HTTP                    *http.Client // trusts CAFile
	t                       testing.TB
	certificateFile, tlsKey string
	runs                    int
}

// Start makes a log and starts its witnesses and, unless NoLog is set, the log.
func Start(t testing.TB, options Options) *Cluster {
	t.Helper()
	c := &Cluster{Options: options, Dir: t.TempDir(), Origin: options.Origin, t: t,
		HTTP: &http.Client{Timeout: limit}}
	if c.Origin == "" {
		c.Origin = DefaultOrigin
	}
	if options.TLS {
		c.useTLS()
	}
	MustRun(t, Bin("candor-log"), "init", "--origin", c.Origin, "--dir", c.Path("log"))
	c.LogVkey = strings.TrimSpace(
		MustRun(t, Bin("candor-log"), "vkey", "--config", c.Path("log/candor-log.conf")))
	for n := 1; n <= options.Witnesses; n++ {
		c.Witnesses = append(c.Witnesses, c.startWitness(n))
	}
	if !options.NoLog {
		c.StartLog()
	}
	return c
}

// Path is a path in the cluster's folder.
func (c *Cluster) Path(name string) string { return filepath.Join(c.Dir, name) }

// Write writes a file into the cluster's folder and answers its path.
func (c *Cluster) Write(name string, content []byte) string {
	c.t.Helper()
	path := c.Path(name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		c.t.Fatal(err)
	}
	return path
}

func (c *Cluster) startWitness(n int) *Witness {
	c.t.Helper()
	w := &Witness{Name: fmt.Sprintf("w%d.example", n)}
	folder := c.Path(fmt.Sprintf("w%d", n))
	w.Vkey, w.URL, w.Program = StartWitness(c.t, folder, w.Name, []string{c.LogVkey}, c.tlsFlags()...)
	w.URL = c.scheme() + w.URL
	return w
}

// StartWitness makes and starts a candor-witness of its own in a new folder, which follows the logs
// with these keys, and answers its key, its address and port, and the process.
func StartWitness(t testing.TB, folder, name string, logs []string, flags ...string) (vkey,
	address string, program *Program) {
	t.Helper()
	init := []string{Bin("candor-witness"), "init", "--dir", folder, "--name", name}
	for _, log := range logs {
		init = append(init, "--log", log)
	}
	MustRun(t, init...)
	config := filepath.Join(folder, "candor-witness.conf")
	vkey = strings.TrimSpace(MustRun(t, Bin("candor-witness"), "vkey", "--config", config))
	run := []string{Bin("candor-witness"), "run", "--config", config, "--listen", "127.0.0.1:0",
		"--port-file", folder + ".port"}
	program = Launch(t, "listening on", append(run, flags...)...)
	return vkey, fmt.Sprintf("127.0.0.1:%d", ports(t, folder+".port")["http"]), program
}

// ports reads the file that a server writes before it says that it listens.
func ports(t testing.TB, file string) map[string]int {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bound := map[string]int{}
	if err := json.Unmarshal(content, &bound); err != nil {
		t.Fatalf("%s: %v in %q", file, err, content)
	}
	return bound
}

func (c *Cluster) policy() string {
	if c.Options.Policy != nil {
		return c.Options.Policy(c)
	}
	text, names := "log "+c.LogVkey+"\n", ""
	for n, w := range c.Witnesses {
		text += fmt.Sprintf("witness w%d %s %s\n", n+1, w.Vkey, w.URL)
		names += fmt.Sprintf(" w%d", n+1)
	}
	if c.Options.Quorum == 0 {
		return text + "quorum none\n"
	}
	return text + fmt.Sprintf("group quorum-group %d%s\nquorum quorum-group\n", c.Options.Quorum, names)
}

// StartLog writes the policy, starts the log, and answers when it is ready.
func (c *Cluster) StartLog() {
	c.t.Helper()
	c.PolicyFile = c.Write("trust.policy", []byte(c.policy()))
	argv := []string{Bin("candor-log"), "run", "--config", c.Path("log/candor-log.conf"),
		"--policy", c.PolicyFile, "--http-listen", "127.0.0.1:0", "--grpc-listen", "127.0.0.1:0",
		"--port-file", c.Path("log.port")}
	argv = append(argv, c.tlsFlags()...)
	if c.CAFile != "" {
		argv = append(argv, "--witness-ca", c.CAFile)
	}
	c.Log = Launch(c.t, "listening on", append(argv, c.Options.LogFlags...)...)
	bound := ports(c.t, c.Path("log.port"))
	c.URL = fmt.Sprintf("%s127.0.0.1:%d", c.scheme(), bound["http"])
	c.GRPC = fmt.Sprintf("127.0.0.1:%d", bound["grpc"])
	c.WaitUntil(func() bool {
		status, _ := c.Get("/readyz")
		return status == http.StatusOK
	})
}

// Candor runs `candor` and answers its exit code and everything that it printed.
func (c *Cluster) Candor(args ...string) (code int, out string) {
	c.t.Helper()
	return Run(c.t, append([]string{Bin("candor")}, args...)...)
}

// MustCandor is Candor for a command that has to succeed.
func (c *Cluster) MustCandor(args ...string) string {
	c.t.Helper()
	return MustRun(c.t, append([]string{Bin("candor")}, args...)...)
}

// Get is a GET of a path of the log: its status and body.
func (c *Cluster) Get(path string) (status int, body []byte) {
	c.t.Helper()
	response, err := c.HTTP.Get(c.URL + path)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatalf("GET %s: %v", path, err)
	}
	return response.StatusCode, body
}

// Fetch is Get for a path that has to be there.
func (c *Cluster) Fetch(path string) []byte {
	c.t.Helper()
	status, body := c.Get(path)
	if status != http.StatusOK {
		c.t.Fatalf("GET %s: %d\n%s", path, status, body)
	}
	return body
}

// WaitUntil waits for what other processes will do soon; a request between two looks paces it.
func (c *Cluster) WaitUntil(condition func() bool) {
	c.t.Helper()
	for deadline := time.Now().Add(limit); !condition(); c.Get("/healthz") {
		if time.Now().After(deadline) {
			c.t.Fatalf("it did not happen within %s", limit)
		}
	}
}

// Size is the size of the published tree; 0 before the first checkpoint.
func (c *Cluster) Size() int64 {
	c.t.Helper()
	status, body := c.Get("/checkpoint")
	if status != http.StatusOK {
		return 0
	}
	lines := strings.SplitN(string(body), "\n", 3)
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		c.t.Fatalf("/checkpoint: %v in %q", err, body)
	}
	return size
}

// WaitSize waits until at least `n` entries are published.
func (c *Cluster) WaitSize(n int64) {
	c.t.Helper()
	c.WaitUntil(func() bool { return c.Size() >= n })
}

// Serve serves a handler on a loopback port until the test ends, and answers its URL.
func Serve(t testing.TB, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}
