// SPDX-License-Identifier: Apache-2.0

package transparencydev

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"testing"

	f_log "github.com/transparency-dev/formats/log"
	f_witness "github.com/transparency-dev/formats/witness"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"

	"candor/tests/interop/cluster"
	"candor/tests/interop/entry"
)

func body(t testing.TB, response *http.Response) []byte {
	t.Helper()
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s %v\n%s", response.Status, err, content)
	}
	return content
}

// through fetches a path from a proxy of the log that changes one byte of what it passes on.
func (l *ours) through(t testing.TB, path string, at int) []byte {
	t.Helper()
	proxy := cluster.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, content := l.Get(r.URL.Path)
		changed := entry.Changed(content, at)
		if path == "/checkpoint" && content[at] != '=' && bytes.HasPrefix(content[at+1:], []byte("=")) {
			// The library has no eye for the unused bits of the last digit before the padding.
			changed = entry.Redigit(t, content, at, false)
		}
		_, _ = w.Write(changed) // a reader that went away is no failure here
	}))
	response, err := http.Get(proxy + path)
	if err != nil {
		t.Fatal(err)
	}
	return body(t, response)
}

// changedByte shows that the checks above can fail.
func (l *ours) changedByte(t *testing.T) {
	t.Run("tile", l.changedTile)
	t.Run("checkpoint", l.changedCheckpoint)
	t.Run("cosignature", l.changedCosignature)
}

func (l *ours) changedTile(t *testing.T) {
	const index, other = 5, 4 // neighbours: the first hash of the proof is the other's leaf
	served := l.at(everySize, func(path string) []byte {
		if path == "/tile/0/000" {
			return l.through(t, path, other*32+7)
		}
		return l.Fetch(path)
	})
	nodes, err := proof.Inclusion(index, everySize)
	made := build(t, nodes, err, served.node)
	leaf := rfc6962.DefaultHasher.HashLeaf(l.Entries[index])
	if proof.VerifyInclusion(rfc6962.DefaultHasher, index, everySize, leaf, made,
		l.tree.roots[everySize]) == nil {
		t.Error("a proof from a changed tile verifies")
	}
}

func (l *ours) changedCheckpoint(t *testing.T) {
	checkpoint := l.Checkpoints[everySize]
	own := bytes.Index(checkpoint, []byte("\n\n")) + 2
	for at := range own + bytes.IndexByte(checkpoint[own:], '\n') {
		changed := l.through(t, "/checkpoint", at)
		if _, _, _, err := f_log.ParseCheckpoint(changed, l.Origin, l.verifier); err == nil {
			t.Errorf("byte %d changed, and it is still a checkpoint:\n%s", at, changed)
		}
	}
}

func (l *ours) changedCosignature(t *testing.T) {
	text, err := os.ReadFile(l.PolicyFile)
	if err != nil {
		t.Fatal(err)
	}
	checkpoint := l.Fetch("/checkpoint")
	group, err := f_witness.ParsePolicy(text)
	if err != nil || !group.Satisfied(checkpoint) {
		t.Fatalf("%v: no quorum before a change\n%s\n%s", err, text, checkpoint)
	}
	own := bytes.Index(checkpoint, []byte("\n\n")) + 2
	cosignatures := own + bytes.IndexByte(checkpoint[own:], '\n') + 1
	for at := cosignatures; at < len(checkpoint); at++ {
		if changed := l.through(t, "/checkpoint", at); group.Satisfied(changed) {
			t.Errorf("byte %d changed, and the quorum is still there:\n%s", at, changed)
		}
	}
}
