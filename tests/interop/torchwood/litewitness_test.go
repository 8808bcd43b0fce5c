// SPDX-License-Identifier: Apache-2.0

package torchwood

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"candor/tests/interop/cluster"
)

// liteWitness is a litewitness with its database, whose key an SSH agent holds.
type liteWitness struct {
	name, vkey, url string
	database        string
	fingerprint     string
	socket          string
	listen          string // of the next start
	program         *cluster.Program
}

// newLiteWitness makes a witness that follows the logs with these keys; start starts it.
func newLiteWitness(t testing.TB, name string, logs ...string) *liteWitness {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := torchwood.NewCosignatureSigner(name, private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	w := &liteWitness{name: name, vkey: signer.Verifier().String(), listen: "127.0.0.1:0",
		database: filepath.Join(t.TempDir(), "litewitness.db"), fingerprint: ssh.FingerprintSHA256(key),
		socket: sshAgent(t, private)}
	for _, vkey := range logs {
		origin, _, _ := strings.Cut(vkey, "+")
		cluster.MustRun(t, program(t, "witnessctl"), "add-log", "-db", w.database, "-origin", origin)
		cluster.MustRun(t, program(t, "witnessctl"), "add-key", "-db", w.database, "-origin", origin,
			"-key", vkey)
	}
	return w
}

// sshAgent holds a key for whoever asks at a socket, as ssh-agent does.
func sshAgent(t testing.TB, key ed25519.PrivateKey) (socket string) {
	t.Helper()
	keys := agent.NewKeyring()
	if err := keys.Add(agent.AddedKey{PrivateKey: &key}); err != nil {
		t.Fatal(err)
	}
	folder, err := os.MkdirTemp("", "agent") // t.TempDir is too long for a socket's path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	socket = filepath.Join(folder, "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { _ = agent.ServeAgent(keys, connection) }()
		}
	}()
	return socket
}

// start starts it, always at the same address.
func (w *liteWitness) start(t testing.TB) {
	t.Helper()
	w.program = cluster.Launch(t, "listening", program(t, "litewitness"), "-db", w.database, "-name",
		w.name, "-key", w.fingerprint, "-ssh-agent", w.socket, "-listen", w.listen)
	w.listen = listeningAt(t, w.program)
	w.url = "http://" + w.listen
	if !strings.Contains(w.program.Output(), w.vkey) {
		t.Fatalf("litewitness has another key than %s:\n%s", w.vkey, w.program.Output())
	}
}

// listeningAt is where a program listens on 127.0.0.1. litewitness says that it listens before it
// does, and never at which port, so the system is asked.
func listeningAt(t testing.TB, p *cluster.Program) string {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline) && p.Running(); {
		sockets := socketsOf(t, p.Pid())
		table := read(t, fmt.Sprintf("/proc/%d/net/tcp", p.Pid()))
		for _, line := range strings.Split(string(table), "\n") {
			fields := strings.Fields(line)
			const listening = "0A"
			if len(fields) < 10 || fields[3] != listening || !sockets[fields[9]] {
				continue
			}
			_, port, _ := strings.Cut(fields[1], ":")
			number, err := hex.DecodeString(port)
			if err != nil || len(number) != 2 {
				t.Fatalf("/proc/net/tcp: %q", line)
			}
			return fmt.Sprintf("127.0.0.1:%d", binary.BigEndian.Uint16(number))
		}
	}
	t.Fatalf("litewitness does not listen:\n%s", p.Output())
	return ""
}

// socketsOf are the inodes of a process's sockets.
func socketsOf(t testing.TB, pid int) map[string]bool {
	t.Helper()
	folder := fmt.Sprintf("/proc/%d/fd", pid)
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	inodes := map[string]bool{}
	for _, file := range files {
		target, err := os.Readlink(filepath.Join(folder, file.Name()))
		if inode, is := strings.CutPrefix(target, "socket:["); err == nil && is {
			inodes[strings.TrimSuffix(inode, "]")] = true
		}
	}
	return inodes
}

// knownLog is what `witnessctl list-logs` says of a log.
type knownLog struct {
	Origin string   `json:"origin"`
	Size   int64    `json:"size"`
	Keys   []string `json:"keys"`
}

func (w *liteWitness) logs(t testing.TB) map[string]knownLog {
	t.Helper()
	logs := map[string]knownLog{}
	out := cluster.MustRun(t, program(t, "witnessctl"), "list-logs", "-db", w.database)
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		if line == "" {
			continue
		}
		var log knownLog
		if err := json.Unmarshal([]byte(line), &log); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		logs[log.Origin] = log
	}
	return logs
}
