// SPDX-License-Identifier: Apache-2.0

package torchwood

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// theirLog is a log in memory, made of torchwood and golang.org/x/mod/sumdb alone.
type theirLog struct {
	origin, vkey string
	signer       note.Signer
	hashes       []tlog.Hash // in the order of tlog.StoredHashIndex
	size         int64
}

func newTheirLog(t testing.TB, origin string) *theirLog {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	return &theirLog{origin: origin, vkey: vkey, signer: signer}
}

func (l *theirLog) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = l.hashes[index]
	}
	return hashes, nil
}

// grow appends entries until there are `size`; `salt` makes them another history's.
func (l *theirLog) grow(t testing.TB, size int64, salt string) {
	t.Helper()
	for ; l.size < size; l.size++ {
		hashes, err := tlog.StoredHashes(l.size, fmt.Appendf(nil, "entry %d %s", l.size, salt), l)
		if err != nil {
			t.Fatal(err)
		}
		l.hashes = append(l.hashes, hashes...)
	}
}

func (l *theirLog) root(t testing.TB, size int64) tlog.Hash {
	t.Helper()
	root, err := tlog.TreeHash(size, l)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// sign is a checkpoint of any size and root, signed by the log.
func (l *theirLog) sign(t testing.TB, size int64, root tlog.Hash) string {
	t.Helper()
	text := torchwood.Checkpoint{Origin: l.origin, Tree: tlog.Tree{N: size, Hash: root}}.String()
	return l.signText(t, text)
}

func (l *theirLog) signText(t testing.TB, text string) string {
	t.Helper()
	signed, err := note.Sign(&note.Note{Text: text}, l.signer)
	if err != nil {
		t.Fatal(err)
	}
	return string(signed)
}

func (l *theirLog) checkpoint(t testing.TB, size int64) string {
	t.Helper()
	return l.sign(t, size, l.root(t, size))
}

// proof is the lines of the consistency proof between two sizes.
func (l *theirLog) proof(t testing.TB, old, size int64) []string {
	t.Helper()
	if old == 0 {
		return nil
	}
	hashes, err := tlog.ProveTree(size, old, l)
	if err != nil {
		t.Fatal(err)
	}
	lines := make([]string, len(hashes))
	for i, hash := range hashes {
		lines[i] = hash.String()
	}
	return lines
}

// body is the body of add-checkpoint.
func body(old int64, proof []string, checkpoint string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "old %d\n", old)
	for _, line := range proof {
		b.WriteString(line + "\n")
	}
	return b.String() + "\n" + checkpoint
}

// extend is the honest request from one size to another.
func (l *theirLog) extend(t testing.TB, old, size int64) string {
	t.Helper()
	return body(old, l.proof(t, old, size), l.checkpoint(t, size))
}

// answer of a witness to add-checkpoint.
type answer struct {
	status      int
	contentType string
	body        string
}

func addCheckpoint(t testing.TB, witness, request string) answer {
	t.Helper()
	response, err := http.Post(witness+"/add-checkpoint", "text/plain",
		bytes.NewReader([]byte(request)))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header.Get("Content-Type"), string(content)}
}
