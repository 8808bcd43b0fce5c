// SPDX-License-Identifier: Apache-2.0

package golog

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"candor/tests/interop/cluster"
	"candor/tests/interop/entry"
)

// Releases is a log whose entry n is a vendor's release of an artifact of its own, with a customer
// who checks proof files of it offline by `candor verify`.
type Releases struct {
	*Log
	artifact, policy string
	keyFile          string
	key              entry.Key
}

// NewReleases makes an empty log of releases. The customer trusts it without witnesses.
func NewReleases(t testing.TB) *Releases {
	t.Helper()
	folder := t.TempDir()
	r := &Releases{Log: New(t, "go.example/releases"), artifact: filepath.Join(folder, "artifact.img"),
		policy: filepath.Join(folder, "trust.policy"), keyFile: filepath.Join(folder, "acme.key"),
		key: entry.NewKey(t, "acme.example")}
	r.key.WriteFiles(t, r.keyFile)
	r.Trust(t, "quorum none\n")
	return r
}

// Trust replaces what the customer's policy says after its log line.
func (r *Releases) Trust(t testing.TB, witnesses string) {
	t.Helper()
	write(t, r.policy, []byte("log "+r.Vkey+"\n"+witnesses))
}

func write(t testing.TB, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func artifact(index int64) []byte { return fmt.Appendf(nil, "content %d", index) }

// Release is the entry that releases artifact `index`.
func (r *Releases) Release(t testing.TB, index int64) []byte {
	t.Helper()
	return entry.Encode(entry.Release(t, "artifact.img", artifact(index),
		"pkg:generic/acme.example/cam@1"), r.key)
}

// AppendRelease adds the release of the next artifact.
func (r *Releases) AppendRelease(t testing.TB) {
	t.Helper()
	r.Append(t, r.Release(t, r.Size()))
}

// Verify answers the exit code of `candor verify` of artifact `index` with a proof file, and what
// it said.
func (r *Releases) Verify(t testing.TB, index int64, proof []byte) (code int, out string) {
	t.Helper()
	write(t, r.artifact, artifact(index))
	write(t, r.artifact+".tlog-proof", proof)
	return cluster.Run(t, cluster.Bin("candor"), "verify", r.artifact, "--policy", r.policy,
		"--key", r.keyFile+".pub")
}
