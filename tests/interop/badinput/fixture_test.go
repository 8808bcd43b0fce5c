// SPDX-License-Identifier: Apache-2.0

// Package badinput says to the servers what no honest client says, over plain sockets, over HTTP/2
// frames and with Go's clients, and checks that each is refused cheaply: at once or by the configured
// limit, with the right code, in bounded memory, and while others are served.
package badinput

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"candor/tests/interop/cluster"
	"candor/tests/interop/dsse"
	"candor/tests/interop/gen/candorpb"
)

const (
	prefix = "pkg:generic/acme.example/"
	// patience is for answers that come at once; longer than any limit that is configured here.
	patience = 30 * time.Second
	// growth is how much larger a server may become by any of this. Its allocator keeps some.
	growth = 192 << 20
)

// The servers' own limits, short so that the tests are.
var shortLimits = []string{"--http-read-timeout", "1s", "--http-idle-timeout", "2s",
	"--http-write-timeout", "2s", "--http-max-connections", "64"}

// target is a server with an HTTP port.
type target struct {
	name, address, healthy string // healthy is a path that answers 200
	program                *cluster.Program
}

type fixture struct {
	*cluster.Cluster
	log, witness target
	vendor       cluster.Vendor
	key          dsse.Key
	client       candorpb.LogServiceClient
	retry        bool // honest gRPC clients connect again when they are cut off
}

func start(t *testing.T, limits []string, logFlags ...string) *fixture {
	t.Helper()
	f := &fixture{Cluster: cluster.Start(t, cluster.Options{
		LogFlags: append(append([]string{"--checkpoint-interval", "5ms"}, limits...), logFlags...)})}
	f.log = target{"log", strings.TrimPrefix(f.URL, "http://"), "/checkpoint", f.Log}
	_, address, program := cluster.StartWitness(t, f.Path("witness"), "w.example", []string{f.LogVkey},
		limits...)
	f.witness = target{"witness", address, "/readyz", program}
	f.vendor = f.Enrol("acme.example", prefix)
	f.key = dsse.LoadKey(t, f.vendor.KeyFile)
	f.client = candorpb.NewLogServiceClient(f.dial(t))
	return f
}

func (f *fixture) dial(t *testing.T, options ...grpc.DialOption) *grpc.ClientConn {
	t.Helper()
	connection, err := grpc.NewClient(f.GRPC,
		append(options, grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	return connection
}

func (f *fixture) targets() []target { return []target{f.log, f.witness} }

// connect opens a socket that ends with the test and on which nothing lasts for ever.
func connect(t testing.TB, address string) *net.TCPConn {
	t.Helper()
	connection, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	_ = connection.SetDeadline(time.Now().Add(patience))
	return connection.(*net.TCPConn)
}

// send writes as much as the server takes: it may refuse and close before it has read all.
func send(connection net.Conn, data string) { _, _ = io.WriteString(connection, data) }

// readAll is everything until the server closes, which it has to do.
func readAll(t testing.TB, connection net.Conn) string {
	t.Helper()
	answer, err := io.ReadAll(connection)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("the server keeps the connection open; it said %.300q", answer)
	}
	return string(answer) // a reset is an end too
}

// say sends bytes on a connection of their own and answers what comes back before the server closes.
func say(t testing.TB, address, data string) string {
	t.Helper()
	connection := connect(t, address)
	send(connection, data)
	return readAll(t, connection)
}

var anyStatusLine = regexp.MustCompile(`HTTP/1\.1 [0-9]{3} `)

var statusLine = regexp.MustCompile(`^HTTP/1\.1 ([0-9]{3}) `)

// statusOf is the status of the first response in `answer`; 0 when there is none.
func statusOf(answer string) int {
	match := statusLine.FindStringSubmatch(answer)
	if match == nil {
		return 0
	}
	status, _ := strconv.Atoi(match[1])
	return status
}

// responses is how many there are in `answer`.
func responses(answer string) int { return len(anyStatusLine.FindAllString(answer, -1)) }

// probe is what an honest client does: a request on a new connection.
func (s target) probe() error {
	client := &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get("http://" + s.address + s.healthy)
	if err != nil {
		return fmt.Errorf("%s: an honest client is not served: %w", s.name, err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return fmt.Errorf("%s: an honest client is cut off: %w", s.name, err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: an honest client gets %s", s.name, response.Status)
	}
	return nil
}

// memory is what a process takes (VmRSS) or took at most (VmHWM), in bytes.
func memory(t testing.TB, program *cluster.Program, which string) int64 {
	t.Helper()
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", program.Pid()))
	if err != nil {
		t.Fatalf("the server is gone: %v", err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if text, found := strings.CutPrefix(lines.Text(), which+":"); found {
			kib, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(text, "kB")), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return kib << 10
		}
	}
	t.Fatalf("no %s", which)
	return 0
}

// during runs an attack while honest clients go on, and checks that they are served, then and
// afterwards, that no server ended, and that none grew much.
func (f *fixture) during(t *testing.T, attack func()) {
	t.Helper()
	f.duringWithin(t, growth, attack)
}

// duringWithin is the same with another bound of memory.
func (f *fixture) duringWithin(t *testing.T, growth int64, attack func()) {
	t.Helper()
	probes := map[*cluster.Program][]func() error{
		f.log.program:     {f.log.probe, f.probeGRPC},
		f.witness.program: {f.witness.probe},
	}
	before := map[*cluster.Program]int64{}
	over := make(chan struct{})
	var clients sync.WaitGroup
	for program, each := range probes {
		before[program] = memory(t, program, "VmRSS")
		for _, probe := range each {
			clients.Go(func() {
				for served := false; ; served = true {
					if err := probe(); err != nil {
						t.Error(err)
						return
					}
					select {
					case <-over:
						if served {
							return
						}
					default:
					}
				}
			})
		}
	}
	attack()
	close(over)
	clients.Wait()
	for program := range probes {
		if !program.Running() {
			t.Fatal("the server ended")
		}
		if most := memory(t, program, "VmHWM"); most > before[program]+growth {
			t.Errorf("the server grew from %d to %d MiB", before[program]>>20, most>>20)
		}
	}
}

func (f *fixture) probeGRPC() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		_, err := f.client.GetCheckpoint(ctx, &candorpb.GetCheckpointRequest{}, grpc.WaitForReady(true))
		if err == nil {
			return nil
		}
		if !f.retry || status.Code(err) != codes.Unavailable {
			return fmt.Errorf("grpc: an honest client is not served: %w", err)
		}
	}
}
