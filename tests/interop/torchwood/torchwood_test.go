// SPDX-License-Identifier: Apache-2.0

// Package torchwood lets filippo.io/torchwood meet our programs: its witness cosigns our log, our
// witness cosigns a log made with its library, and each side reads the other's policies and proofs.
// run.sh runs it.
package torchwood

import (
	"os"
	"path/filepath"
	"testing"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/tlog"

	"candor/tests/interop/cluster"
)

const (
	prefix = "pkg:generic/acme.example/"
	purl   = prefix + "cam@1.0"
)

// program is the path of one of torchwood's programs.
func program(t testing.TB, name string) string {
	t.Helper()
	folder := os.Getenv("TORCHWOOD_BIN")
	if folder == "" {
		t.Fatal("TORCHWOOD_BIN is not set: start these tests with run.sh")
	}
	return filepath.Join(folder, name)
}

func parsePolicy(t testing.TB, text string) torchwood.Policy {
	t.Helper()
	policy, err := torchwood.ParsePolicy([]byte(text))
	if err != nil {
		t.Fatalf("torchwood can not read the policy: %v\n%s", err, text)
	}
	return policy
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// release is an artifact that was published, with its proof.
type release struct {
	artifact, proofFile string
	proof               []byte
	vendor              cluster.Vendor
}

// publish publishes an artifact of a vendor and answers it with its proof.
func publish(t testing.TB, c *cluster.Cluster, v cluster.Vendor, name string) release {
	t.Helper()
	r := release{artifact: c.Write(name, []byte("firmware "+name)), vendor: v}
	r.proofFile = r.artifact + ".tlog-proof"
	c.MustCandor("publish", r.artifact, "--purl", purl, "--key", v.KeyFile, "--log", c.URL, "--policy",
		c.PolicyFile)
	r.proof = read(t, r.proofFile)
	return r
}

// verify is what `candor verify` says of an artifact under a policy and with a proof.
func (r release) verify(c *cluster.Cluster, policyFile, proofFile string) (code int, out string) {
	return c.Candor("verify", r.artifact, "--policy", policyFile, "--participants",
		r.vendor.ParticipantsFile, "--proof", proofFile)
}

// entryHash is the leaf hash of the entry that one of our proof files carries, as a reader of
// docs/formats.md computes it: the extra line is one format byte, 1, and the entry.
func entryHash(proof []byte) (hash tlog.Hash, ok bool) {
	extra, err := torchwood.ProofExtraData(proof)
	if err != nil || len(extra) < 2 || extra[0] != 1 {
		return tlog.Hash{}, false
	}
	return tlog.RecordHash(extra[1:]), true
}
