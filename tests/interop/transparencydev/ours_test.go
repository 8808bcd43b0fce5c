// SPDX-License-Identifier: Apache-2.0

// Package transparencydev lets github.com/transparency-dev's merkle and formats modules read what
// our programs serve, and our programs read what these libraries make.
package transparencydev

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	f_log "github.com/transparency-dev/formats/log"
	f_note "github.com/transparency-dev/formats/note"
	f_proof "github.com/transparency-dev/formats/proof"
	f_witness "github.com/transparency-dev/formats/witness"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"

	"candor/tests/interop/cluster"
	"candor/tests/interop/entry"
	"candor/tests/interop/grown"
)

const (
	everySize = 270 // every size up to here is published and checked: beyond one full tile
	everyPair = 40  // every pair of sizes up to here, every entry of every size
	largeSize = 4000
)

// ours is our log, and the same tree rebuilt by the library from our entry bundles.
type ours struct {
	*grown.Log
	started   time.Time
	verifier  note.Verifier
	witnesses []note.Verifier
	tree      *tree
}

func TestOurLog(t *testing.T) {
	l := &ours{started: time.Now().Truncate(time.Second), tree: newTree()}
	l.Log = grown.Start(t, cluster.Options{Witnesses: 3, Quorum: 3}, everySize)
	var err error
	if l.verifier, err = f_note.NewVerifier(l.LogVkey); err != nil {
		t.Fatal(err)
	}
	for _, w := range l.Witnesses {
		verifier, err := f_note.NewVerifierForCosignatureV1(w.Vkey)
		if err != nil {
			t.Fatalf("%s: %v", w.Vkey, err)
		}
		l.witnesses = append(l.witnesses, verifier)
	}
	l.rebuild(t)

	t.Run("checkpoint of every size", l.checkpoints)
	t.Run("cosignatures of every size", l.cosignatures)
	t.Run("inclusion proofs", l.inclusion)
	t.Run("consistency proofs", l.consistency)
	t.Run("proofs from tiles", l.fromTiles)
	t.Run("proof file of every size", l.proofFiles)
	t.Run("policy", l.policy)
	t.Run("monitoring URL of the witnesses", l.monitoring)
	t.Run("a changed byte", l.changedByte)
	t.Run("large", l.large)
}

func (l *ours) rebuild(t *testing.T) {
	t.Helper()
	for _, content := range l.Entries[len(l.tree.roots)-1:] {
		l.tree.add(t, content)
	}
}

// open reads a checkpoint with the library's parser.
func (l *ours) open(t testing.TB, checkpoint []byte) (*f_log.Checkpoint, *note.Note) {
	t.Helper()
	opened, rest, signed, err := f_log.ParseCheckpoint(checkpoint, l.Origin, l.verifier, l.witnesses...)
	if err != nil {
		t.Fatalf("%v\n%s", err, checkpoint)
	}
	if len(rest) != 0 {
		t.Errorf("the checkpoint has further lines: %q", rest)
	}
	return opened, signed
}

func (l *ours) checkpoints(t *testing.T) {
	for size := uint64(1); size <= everySize; size++ {
		opened, signed := l.open(t, l.Checkpoints[int64(size)])
		want := f_log.Checkpoint{Origin: l.Origin, Size: size, Hash: l.tree.roots[size]}
		if !reflect.DeepEqual(*opened, want) {
			t.Errorf("the checkpoint says %v, the entries say %v", opened, want)
		}
		if text := string(want.Marshal()); text != signed.Text {
			t.Errorf("the library writes\n%s, the log\n%s", text, signed.Text)
		}
	}
}

func (l *ours) cosignatures(t *testing.T) {
	latest := map[string]time.Time{}
	for size := int64(1); size <= everySize; size++ {
		_, signed := l.open(t, l.Checkpoints[size])
		if len(signed.UnverifiedSigs) != 0 {
			t.Errorf("size %d: nobody knows the signatures %v", size, signed.UnverifiedSigs)
		}
		if cosigned := len(signed.Sigs) - 1; cosigned != len(l.witnesses) {
			t.Errorf("size %d: %d cosignatures are not the quorum", size, cosigned)
		}
		for _, signature := range signed.Sigs {
			if signature.Name == l.Origin {
				continue
			}
			at, err := f_note.CoSigV1Timestamp(signature)
			if err != nil {
				t.Fatal(err)
			}
			if at.Before(l.started) || at.After(time.Now()) {
				t.Errorf("size %d: %s cosigned at %s", size, signature.Name, at)
			}
			if at.Before(latest[signature.Name]) {
				t.Errorf("size %d: %s cosigned earlier than a smaller tree", size, signature.Name)
			}
			latest[signature.Name] = at
		}
	}
}

func (l *ours) checkInclusion(t testing.TB, index, size uint64) {
	t.Helper()
	path := l.Inclusion(t, int64(index), int64(size))
	leaf := rfc6962.DefaultHasher.HashLeaf(l.Entries[index])
	err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, size, leaf, path, l.tree.roots[size])
	if err != nil {
		t.Errorf("inclusion of %d in %d: %v", index, size, err)
	}
	for i := range path {
		wrong := slices.Clone(path)
		wrong[i] = entry.Changed(wrong[i], i%32)
		if proof.VerifyInclusion(rfc6962.DefaultHasher, index, size, leaf, wrong,
			l.tree.roots[size]) == nil {
			t.Errorf("inclusion of %d in %d verifies with hash %d changed", index, size, i)
		}
	}
}

func (l *ours) inclusion(t *testing.T) {
	for size := uint64(1); size <= everySize; size++ {
		step := uint64(1)
		if size > everyPair {
			step = size/3 + 1
		}
		for index := uint64(0); index < size; index += step {
			l.checkInclusion(t, index, size)
		}
		l.checkInclusion(t, size-1, size)
	}
}

func (l *ours) checkConsistency(t testing.TB, older, newer uint64) {
	t.Helper()
	path := l.Consistency(t, int64(older), int64(newer))
	verify := func(path [][]byte) error {
		return proof.VerifyConsistency(rfc6962.DefaultHasher, older, newer, path, l.tree.roots[older],
			l.tree.roots[newer])
	}
	if err := verify(path); err != nil {
		t.Errorf("consistency of %d with %d: %v", older, newer, err)
	}
	for i := range path {
		wrong := slices.Clone(path)
		wrong[i] = entry.Changed(wrong[i], i%32)
		if verify(wrong) == nil {
			t.Errorf("consistency of %d with %d verifies with hash %d changed", older, newer, i)
		}
	}
}

func (l *ours) consistency(t *testing.T) {
	for newer := uint64(1); newer <= everySize; newer++ {
		step := uint64(1)
		if newer > everyPair {
			step = newer/3 + 1
		}
		for older := uint64(0); older <= newer; older += step {
			l.checkConsistency(t, older, newer)
		}
	}
}

// at reads our tiles as they are served for one size.
func (l *ours) at(size uint64, fetch func(path string) []byte) *tiles {
	return &tiles{size: size, fetch: fetch, kept: map[string][]byte{}}
}

func (l *ours) fromTiles(t *testing.T) {
	for size := uint64(1); size <= everySize; size++ {
		served := l.at(size, l.Fetch)
		for _, index := range []uint64{0, size / 2, size - 1} {
			nodes, err := proof.Inclusion(index, size)
			made := build(t, nodes, err, served.node)
			if !slices.EqualFunc(made, l.Inclusion(t, int64(index), int64(size)), bytes.Equal) {
				t.Errorf("inclusion of %d in %d: another proof than the log's", index, size)
			}
		}
		for _, older := range []uint64{1, size/2 + 1, size} {
			older = min(older, size)
			nodes, err := proof.Consistency(older, size)
			made := build(t, nodes, err, served.node)
			if !slices.EqualFunc(made, l.Consistency(t, int64(older), int64(size)), bytes.Equal) {
				t.Errorf("consistency of %d with %d: another proof than the log's", older, size)
			}
		}
	}
}

func (l *ours) proofFiles(t *testing.T) {
	for size := uint64(3); size <= everySize; size++ {
		read, file := f_proof.TLogProof{}, l.Proofs[int64(size)]
		if err := read.Unmarshal(file); err != nil {
			t.Fatalf("%v\n%s", err, file)
		}
		if again := read.Marshal(); !bytes.Equal(again, file) {
			t.Errorf("the library writes back\n%s, not\n%s", again, file)
		}
		if len(read.ExtraData) == 0 || read.ExtraData[0] != 1 {
			t.Fatalf("the extra line holds %x", read.ExtraData)
		}
		path := [][]byte{}
		for _, hash := range read.Hashes {
			path = append(path, hash[:])
		}
		opened, _ := l.open(t, read.Checkpoint)
		err := proof.VerifyInclusion(rfc6962.DefaultHasher, read.Index, opened.Size,
			rfc6962.DefaultHasher.HashLeaf(read.ExtraData[1:]), path, opened.Hash)
		if err != nil {
			t.Errorf("size %d: %v", size, err)
		}
		statement := grown.Statement(t, grown.Artifact(int64(size)))
		if !bytes.Equal(read.ExtraData[1:], entry.Encode(statement, l.Key)) {
			t.Errorf("size %d: the proof is of another entry than was sent", size)
		}
	}
}

func (l *ours) policy(t *testing.T) {
	text, err := os.ReadFile(l.PolicyFile)
	if err != nil {
		t.Fatal(err)
	}
	group, err := f_witness.ParsePolicy(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, w := range l.Witnesses {
		if group.Endpoints()[w.URL+"/add-checkpoint"] == nil {
			t.Errorf("the library does not find %s in %v", w.URL, group.Endpoints())
		}
	}
	for size := int64(1); size <= everySize; size++ {
		if !group.Satisfied(l.Checkpoints[size]) {
			t.Errorf("the checkpoint of size %d has no quorum:\n%s", size, l.Checkpoints[size])
		}
	}
}

// A witness serves its latest checkpoint of a log below the hash of the origin, as C2SP tlog-witness
// says. (The library's own log.ID hashes "o:" and the origin: that is the distributor's name.)
func (l *ours) monitoring(t *testing.T) {
	id := sha256.Sum256([]byte(l.Origin))
	for i, w := range l.Witnesses {
		response, err := l.HTTP.Get(w.URL + "/" + hex.EncodeToString(id[:]) + "/checkpoint")
		if err != nil {
			t.Fatal(err)
		}
		served := body(t, response)
		opened, signed := l.open(t, served)
		if opened.Size != everySize || !bytes.Equal(opened.Hash, l.tree.roots[everySize]) {
			t.Errorf("%s has the checkpoint\n%s", w.Name, served)
		}
		if len(signed.Sigs) < 2 || signed.Sigs[len(signed.Sigs)-1].Hash != l.witnesses[i].KeyHash() {
			t.Errorf("%s did not cosign what it serves:\n%s", w.Name, served)
		}
	}
}

func (l *ours) large(t *testing.T) {
	l.Grow(l.Vendor, int(largeSize-l.Size()))
	l.ReadEntries(t)
	l.rebuild(t)
	opened, _ := l.open(t, l.Fetch("/checkpoint"))
	if opened.Size != largeSize || !bytes.Equal(opened.Hash, l.tree.roots[largeSize]) {
		t.Errorf("the checkpoint says %v, the entries say %x", opened, l.tree.roots[largeSize])
	}
	served := l.at(largeSize, l.Fetch)
	for index := uint64(0); index < largeSize; index += 97 {
		l.checkInclusion(t, index, largeSize)
		nodes, err := proof.Inclusion(index, largeSize)
		made := build(t, nodes, err, served.node)
		if !slices.EqualFunc(made, l.Inclusion(t, int64(index), largeSize), bytes.Equal) {
			t.Errorf("inclusion of %d: the tiles lead to another proof than the log's", index)
		}
		l.checkConsistency(t, index, largeSize)
	}
}
