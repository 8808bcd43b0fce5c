// SPDX-License-Identifier: Apache-2.0

// Package tlog lets golang.org/x/mod/sumdb/note and tlog, which the Go checksum database is made
// of, read what our programs serve, and our programs read what these libraries make.
package tlog

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"candor/tests/interop/cluster"
	"candor/tests/interop/entry"
	"candor/tests/interop/golog"
	"candor/tests/interop/grown"
)

const (
	everySize = 300   // every size up to here is published and checked: beyond one full tile
	everyPair = 64    // every pair of sizes up to here, every entry of every size
	largeSize = 5000  // 19 full tiles
	hugeSize  = 66000 // a full tile of level 1 and more
)

// ours is our log, and the same tree rebuilt by the library from our entry bundles.
type ours struct {
	*grown.Log
	verifier note.Verifier
	tree     golog.Tree
}

func TestOurLog(t *testing.T) {
	l := ours{Log: grown.Start(t, cluster.Options{Witnesses: 2, Quorum: 2}, everySize)}
	var err error
	if l.verifier, err = note.NewVerifier(l.LogVkey); err != nil {
		t.Fatal(err)
	}
	l.rebuild(t)

	t.Run("vkey", l.vkey)
	t.Run("checkpoint of every size", l.checkpoints)
	t.Run("cosignatures are unknown verifiers", l.cosignatures)
	t.Run("tiles of every size", l.tiles)
	t.Run("proof file of every size", l.proofFiles)
	t.Run("inclusion proofs", l.inclusion)
	t.Run("consistency proofs", l.consistency)
	t.Run("a changed byte in a tile", l.changedTile)
	t.Run("a changed byte in a checkpoint", l.changedCheckpoint)
	for _, size := range []int64{largeSize, 65536, hugeSize} {
		l.Grow(l.Vendor, int(size-l.Size()))
		l.Checkpoints[size] = l.Fetch("/checkpoint")
		l.ReadEntries(t)
		l.rebuild(t)
		t.Run(fmt.Sprintf("large %d", size), func(t *testing.T) { l.large(t, size) })
	}
}

func (l *ours) rebuild(t *testing.T) {
	t.Helper()
	for _, content := range l.Entries[l.tree.Size():] {
		l.tree.Append(t, content)
	}
}

// at opens the checkpoint of a size.
func (l *ours) at(t testing.TB, size int64) tlog.Tree {
	t.Helper()
	_, tree, err := open(l.Checkpoints[size], l.Origin, l.verifier)
	if err != nil {
		t.Fatalf("the checkpoint of size %d: %v", size, err)
	}
	return tree
}

// over reads the tree of a size through our tiles; the library checks every tile.
func (l *ours) over(t testing.TB, size int64) (tlog.HashReader, *httpTiles) {
	t.Helper()
	tiles := &httpTiles{client: l.HTTP, url: l.URL, keep: map[tlog.Tile][]byte{}}
	return tlog.TileHashReader(l.at(t, size), tiles), tiles
}

func (l *ours) vkey(t *testing.T) {
	if l.verifier.Name() != l.Origin {
		t.Errorf("the verifier key is of %q, not of %q", l.verifier.Name(), l.Origin)
	}
}

func (l *ours) checkpoints(t *testing.T) {
	for size := int64(1); size <= everySize; size++ {
		want := tlog.Tree{N: size, Hash: l.tree.Root(t, size)}
		if got := l.at(t, size); got != want {
			t.Errorf("the checkpoint says %v, the entries say %v", got, want)
		}
	}
}

func (l *ours) cosignatures(t *testing.T) {
	for size := int64(1); size <= everySize; size++ {
		opened, _, err := open(l.Checkpoints[size], l.Origin, l.verifier)
		if err != nil {
			t.Fatal(err)
		}
		if len(opened.Sigs) != 1 || opened.Sigs[0].Name != l.Origin {
			t.Errorf("size %d: verified signatures %v", size, opened.Sigs)
		}
		names := []string{}
		for _, signature := range opened.UnverifiedSigs {
			names = append(names, signature.Name)
		}
		slices.Sort(names)
		if !slices.Equal(names, []string{"w1.example", "w2.example"}) {
			t.Errorf("size %d: unverified signatures of %v", size, names)
		}
		if again, err := note.Sign(opened); err != nil || !bytes.Equal(again, l.Checkpoints[size]) {
			t.Errorf("size %d: the note library writes it back as\n%s", size, again)
		}
	}
}

func (l *ours) tiles(t *testing.T) {
	for size := int64(1); size <= everySize; size++ {
		reader, tiles := l.over(t, size)
		read, err := reader.ReadHashes(leaves(0, size))
		if err != nil {
			t.Fatalf("size %d: %v", size, err)
		}
		if tiles.saved == 0 {
			t.Errorf("size %d: the library found no tile to be right", size)
		}
		for n, hash := range read {
			if hash != tlog.RecordHash(l.Entries[n]) {
				t.Errorf("size %d: leaf %d is not its entry's hash", size, n)
			}
		}
	}
}

// splitProof cuts a proof file into its lines before the checkpoint and the checkpoint.
func splitProof(t testing.TB, file []byte) (lines []string, checkpoint []byte) {
	t.Helper()
	head, checkpoint, found := bytes.Cut(file, []byte("\n\n"))
	lines = strings.Split(string(head), "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		t.Fatalf("not a proof file:\n%s", file)
	}
	return lines, checkpoint
}

func (l *ours) proofFiles(t *testing.T) {
	for size := int64(3); size <= everySize; size++ {
		lines, checkpoint := splitProof(t, l.Proofs[size])
		_, tree, err := open(checkpoint, l.Origin, l.verifier)
		if err != nil {
			t.Fatalf("size %d: %v", size, err)
		}
		path := tlog.RecordProof{}
		for _, line := range lines[3:] {
			hash, err := tlog.ParseHash(line)
			if err != nil {
				t.Fatalf("size %d: %v in %q", size, err, line)
			}
			path = append(path, hash)
		}
		leaf := tlog.RecordHash(entry.Encode(grown.Statement(t, grown.Artifact(size)), l.Key))
		if err := tlog.CheckRecord(path, tree.N, tree.Hash, size-1, leaf); err != nil {
			t.Errorf("size %d: %v\n%s", size, err, l.Proofs[size])
		}
	}
}

// checkInclusion compares our proof with the library's and lets the library check it.
func (l *ours) checkInclusion(t testing.TB, index, size int64, root tlog.Hash) {
	t.Helper()
	proof := tlog.RecordProof(hashes(t, l.Inclusion(t, index, size)))
	if want := golog.Inclusion(t, &l.tree, size, index); !slices.Equal(proof, want) {
		t.Errorf("inclusion of %d in %d: %v, not %v", index, size, proof, want)
	}
	leaf := tlog.RecordHash(l.Entries[index])
	if err := tlog.CheckRecord(proof, size, root, index, leaf); err != nil {
		t.Errorf("inclusion of %d in %d: %v", index, size, err)
	}
}

func (l *ours) inclusion(t *testing.T) {
	for size := int64(1); size <= everySize; size++ {
		indexes := []int64{0, size / 3, size / 2, size - 1}
		if size <= everyPair {
			indexes = indexes[:0]
			for index := range size {
				indexes = append(indexes, index)
			}
		}
		root := l.at(t, size).Hash
		for _, index := range indexes {
			l.checkInclusion(t, index, size, root)
		}
	}
}

// checkConsistency does the same for a consistency proof.
func (l *ours) checkConsistency(t testing.TB, older, newer int64, olderRoot, newerRoot tlog.Hash) {
	t.Helper()
	proof := tlog.TreeProof(hashes(t, l.Consistency(t, older, newer)))
	if want := golog.Consistency(t, &l.tree, older, newer); !slices.Equal(proof, want) {
		t.Errorf("consistency of %d with %d: %v, not %v", older, newer, proof, want)
	}
	if older == 0 {
		return // the library has no proof from the empty tree
	}
	if err := tlog.CheckTree(proof, newer, newerRoot, older, olderRoot); err != nil {
		t.Errorf("consistency of %d with %d: %v", older, newer, err)
	}
}

func (l *ours) consistency(t *testing.T) {
	empty := golog.Tree{}
	roots := []tlog.Hash{empty.Root(t, 0)}
	for size := int64(1); size <= everySize; size++ {
		roots = append(roots, l.at(t, size).Hash)
	}
	for newer := int64(1); newer <= everySize; newer++ {
		step := int64(1)
		if newer > everyPair {
			step = newer/3 + 1
		}
		for older := int64(0); older <= newer; older += step {
			l.checkConsistency(t, older, newer, roots[older], roots[newer])
		}
	}
}

func (l *ours) large(t *testing.T, size int64) {
	tree := l.at(t, size)
	if want := (tlog.Tree{N: size, Hash: l.tree.Root(t, size)}); tree != want {
		t.Errorf("the checkpoint says %v, the entries say %v", tree, want)
	}
	reader, _ := l.over(t, size)
	for start := int64(0); start < size; start += 256 {
		end := min(start+256, size)
		read, err := reader.ReadHashes(leaves(start, end))
		if err != nil {
			t.Fatal(err)
		}
		for i, hash := range read {
			if hash != tlog.RecordHash(l.Entries[start+int64(i)]) {
				t.Errorf("leaf %d is not its entry's hash", start+int64(i))
			}
		}
	}
	for _, index := range []int64{0, 1, 255, 256, size / 2, size - 257, size - 2, size - 1} {
		l.checkInclusion(t, index, size, tree.Hash)
		want := golog.Inclusion(t, &l.tree, size, index)
		if proof := golog.Inclusion(t, reader, size, index); !slices.Equal(proof, want) {
			t.Errorf("inclusion of %d, made from our tiles, is not that of the entries", index)
		}
	}
	for _, older := range []int64{1, 2, 255, 256, 257, everySize, largeSize, size - 1, size} {
		l.checkConsistency(t, older, size, l.tree.Root(t, older), tree.Hash)
	}
}
