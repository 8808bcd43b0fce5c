// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"candor/tests/interop/cluster"
	"candor/tests/interop/entry"
	"candor/tests/interop/golog"
)

// pairs is up to which size every pair of sizes is submitted; the witness follows pairs²/4 logs.
const pairs = 32

// witness is our witness, which follows logs that the library made.
type witness struct {
	url, vkey string
}

func startWitness(t *testing.T, logs ...*golog.Log) *witness {
	t.Helper()
	vkeys := []string{}
	for _, log := range logs {
		vkeys = append(vkeys, log.Vkey)
	}
	vkey, address, _ := cluster.StartWitness(t, filepath.Join(t.TempDir(), "w"), "w.example", vkeys)
	return &witness{url: "http://" + address, vkey: vkey}
}

// submit asks for a cosignature (C2SP tlog-witness, add-checkpoint).
func (w *witness) submit(t testing.TB, older int64, proof []tlog.Hash, checkpoint []byte) (status int,
	body string) {
	t.Helper()
	request := fmt.Appendf(nil, "old %d\n", older)
	for _, hash := range proof {
		request = fmt.Appendf(request, "%s\n", hash)
	}
	request = append(append(request, '\n'), checkpoint...)
	response, err := http.Post(w.url+"/add-checkpoint", "text/plain", bytes.NewReader(request))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(answer)
}

// accept submits what has to be cosigned. The note library puts the answer below the checkpoint as
// the witness's specification suggests; it does not know the kind of the signature.
func (w *witness) accept(t testing.TB, log *golog.Log, older int64, proof []tlog.Hash,
	checkpoint []byte) {
	t.Helper()
	status, body := w.submit(t, older, proof, checkpoint)
	if status != http.StatusOK {
		t.Fatalf("old %d: %d %s\n%s", older, status, body, checkpoint)
	}
	opened, err := note.Open(append(slices.Clone(checkpoint), body...),
		note.VerifierList(log.Verifier))
	if err != nil {
		t.Fatalf("%v in %q", err, body)
	}
	if len(opened.UnverifiedSigs) != 1 || opened.UnverifiedSigs[0].Name != "w.example" {
		t.Fatalf("old %d: unverified signatures %v", older, opened.UnverifiedSigs)
	}
}

// refuse submits what must not be cosigned.
func (w *witness) refuse(t testing.TB, want int, what string, older int64, proof []tlog.Hash,
	checkpoint []byte) {
	t.Helper()
	if status, body := w.submit(t, older, proof, checkpoint); status != want {
		t.Errorf("%s, old %d: %d, not %d: %s\n%s", what, older, status, want, body, checkpoint)
	}
}

// damaged are the ways in which one hash of a proof can be wrong.
func damaged(proof []tlog.Hash) map[string][]tlog.Hash {
	out := map[string][]tlog.Hash{"one hash more": append(slices.Clone(proof), tlog.Hash{})}
	for i, hash := range proof {
		changed := slices.Clone(proof)
		changed[i] = tlog.Hash(entry.Changed(hash[:], i%tlog.HashSize))
		out[fmt.Sprintf("hash %d changed", i)] = changed
		out[fmt.Sprintf("hash %d missing", i)] = slices.Delete(slices.Clone(proof), i, i+1)
		out[fmt.Sprintf("hash %d twice", i)] = slices.Insert(slices.Clone(proof), i, hash)
		if i > 0 && proof[i-1] != hash {
			swapped := slices.Clone(proof)
			swapped[i-1], swapped[i] = hash, proof[i-1]
			out[fmt.Sprintf("hashes %d and %d swapped", i-1, i)] = swapped
		}
	}
	return out
}

// step moves a log from one size to another, after everything that must not move it.
func (w *witness) step(t testing.TB, log *golog.Log, reader tlog.HashReader, older, newer int64) {
	t.Helper()
	root := golog.Root(t, reader, newer)
	proof := golog.Consistency(t, reader, older, newer)
	checkpoint := log.Sign(t, newer, root)
	for what, wrong := range damaged(proof) {
		w.refuse(t, http.StatusUnprocessableEntity, what, older, wrong, checkpoint)
	}
	if older > 0 {
		other := log.Sign(t, newer, tlog.Hash(entry.Changed(root[:], 5)))
		w.refuse(t, http.StatusUnprocessableEntity, "another root", older, proof, other)
	}
	w.accept(t, log, older, proof, checkpoint)
}

// Every pair of sizes m <= n <= pairs, each exactly once: for each distance, chains of such steps.
func TestOurWitnessEveryPair(t *testing.T) {
	type chain struct {
		log          *golog.Log
		first, steps int64
	}
	chains, logs := []chain{}, []*golog.Log{}
	for distance := int64(1); distance <= pairs; distance++ {
		for first := int64(0); first < distance && first+distance <= pairs; first++ {
			log := golog.New(t, fmt.Sprintf("go.example/%d-%d", distance, first))
			log.Fill(t, pairs)
			chains = append(chains, chain{log, first, distance})
			logs = append(logs, log)
		}
	}
	w := startWitness(t, logs...)
	seen := 0
	for _, c := range chains {
		w.step(t, c.log, c.log, 0, c.first)
		for older := c.first; older+c.steps <= pairs; older += c.steps {
			w.step(t, c.log, c.log, older, older+c.steps)
			seen++
		}
	}
	if want := pairs * (pairs + 1) / 2; seen != want {
		t.Errorf("%d pairs were submitted, not %d", seen, want)
	}
}

func TestOurWitnessSameSize(t *testing.T) {
	log := golog.New(t, "go.example/same")
	log.Fill(t, pairs)
	w := startWitness(t, log)
	for size := int64(0); size <= pairs; size++ {
		older := max(size-1, 0)
		w.accept(t, log, older, golog.Consistency(t, log, older, size), log.Checkpoint(t, size))
		w.step(t, log, log, size, size)
	}
}

// What is no consistency proof's fault.
func TestOurWitnessRefuses(t *testing.T) {
	log, stranger := golog.New(t, "go.example/log"), golog.New(t, "go.example/stranger")
	impostor := golog.New(t, "go.example/log") // the same name, another key
	for _, each := range []*golog.Log{log, stranger, impostor} {
		each.Fill(t, 20)
	}
	w := startWitness(t, log)
	empty := log.Root(t, 0)
	w.refuse(t, http.StatusUnprocessableEntity, "an empty tree with a root", 0, nil,
		log.Sign(t, 0, tlog.Hash(entry.Changed(empty[:], 0))))
	w.refuse(t, http.StatusNotFound, "an unknown origin", 0, nil, stranger.Checkpoint(t, 10))
	w.refuse(t, http.StatusForbidden, "another key", 0, nil, impostor.Checkpoint(t, 10))
	checkpoint := log.Checkpoint(t, 10)
	// The root's line stays base64 of 32 bytes, so the signature alone is what is wrong.
	at := bytes.Index(checkpoint, []byte("\n10\n")) + len("\n10\n")
	forged := slices.Clone(checkpoint)
	forged[at] = 'A' + (forged[at]-'A'+1)%2
	w.refuse(t, http.StatusForbidden, "a changed root under the old signature", 0, nil, forged)
	w.refuse(t, http.StatusBadRequest, "an old size over the new one", 11, nil, checkpoint)

	w.accept(t, log, 0, nil, checkpoint)
	w.refuse(t, http.StatusConflict, "a wrong old size", 9, golog.Consistency(t, log, 9, 20),
		log.Checkpoint(t, 20))
	if _, body := w.submit(t, 9, nil, log.Checkpoint(t, 20)); body != "10\n" {
		t.Errorf("the conflict names the size %q, not 10", body)
	}
	w.accept(t, log, 10, golog.Consistency(t, log, 10, 20), log.Checkpoint(t, 20))
}

// uniform is a tree of any size whose entries are all the same, so that no hash needs to be stored.
type uniform struct{ levels []tlog.Hash }

func newUniform() *uniform {
	u := &uniform{levels: []tlog.Hash{tlog.RecordHash([]byte("always this"))}}
	for level := range 62 {
		u.levels = append(u.levels, tlog.NodeHash(u.levels[level], u.levels[level]))
	}
	return u
}

func (u *uniform) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, _ := tlog.SplitStoredHashIndex(index)
		out[i] = u.levels[level]
	}
	return out, nil
}

func TestOurWitnessLarge(t *testing.T) {
	stored := golog.New(t, "go.example/large")
	stored.Fill(t, 1<<20)
	vast := golog.New(t, "go.example/vast")
	w := startWitness(t, stored, vast)
	for _, test := range []struct {
		log    *golog.Log
		reader tlog.HashReader
		sizes  []int64
	}{
		{stored, stored, []int64{0, 1, 255, 256, 257, 1000, 65535, 65536, 65537, 99999, 1<<19 - 1,
			1<<19 + 1, 1<<20 - 1, 1 << 20}},
		{vast, newUniform(), []int64{0, 3, 1<<32 - 1, 1 << 32, 1<<40 + 12345, 1<<53 + 1, 1<<60 - 1,
			1 << 60, 1<<60 + 1}},
	} {
		t.Run(strings.TrimPrefix(test.log.Origin, "go.example/"), func(t *testing.T) {
			for i := 1; i < len(test.sizes); i++ {
				w.step(t, test.log, test.reader, test.sizes[i-1], test.sizes[i])
			}
		})
	}
}
