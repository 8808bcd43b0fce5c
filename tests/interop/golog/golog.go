// SPDX-License-Identifier: Apache-2.0

// Package golog is a log in memory made with golang.org/x/mod/sumdb alone: its tree, its proofs and
// its signed checkpoints are what our programs have to accept.
package golog

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Tree is a Merkle tree. It is a tlog.HashReader.
type Tree struct {
	size   int64
	hashes []tlog.Hash // in the order of tlog.StoredHashIndex
}

// Log is a tree with a key.
type Log struct {
	Tree
	Origin, Vkey string
	Verifier     note.Verifier
	signer       note.Signer
}

// New makes an empty log.
func New(t testing.TB, origin string) *Log {
	t.Helper()
	private, vkey, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		t.Fatal(err)
	}
	l := &Log{Origin: origin, Vkey: vkey}
	if l.signer, err = note.NewSigner(private); err != nil {
		t.Fatal(err)
	}
	if l.Verifier, err = note.NewVerifier(vkey); err != nil {
		t.Fatal(err)
	}
	return l
}

// Append adds an entry.
func (tree *Tree) Append(t testing.TB, entry []byte) {
	t.Helper()
	hashes, err := tlog.StoredHashes(tree.size, entry, tree)
	if err != nil {
		t.Fatal(err)
	}
	tree.hashes = append(tree.hashes, hashes...)
	tree.size++
}

// Fill appends numbered entries until the tree has `size`.
func (tree *Tree) Fill(t testing.TB, size int64) {
	t.Helper()
	for tree.size < size {
		tree.Append(t, binary.BigEndian.AppendUint64([]byte("entry "), uint64(tree.size)))
	}
}

// Size is the number of entries.
func (tree *Tree) Size() int64 { return tree.size }

// ReadHashes implements tlog.HashReader.
func (tree *Tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(tree.hashes)) {
			return nil, fmt.Errorf("hash %d is not in the tree", index)
		}
		out[i] = tree.hashes[index]
	}
	return out, nil
}

// Root is the root of the first `size` entries.
func (tree *Tree) Root(t testing.TB, size int64) tlog.Hash {
	t.Helper()
	return Root(t, tree, size)
}

// Root is the root of the first `size` entries of a tree.
func Root(t testing.TB, reader tlog.HashReader, size int64) tlog.Hash {
	t.Helper()
	root, err := tlog.TreeHash(size, reader)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// Inclusion proves an entry in the first `size` entries of a tree.
func Inclusion(t testing.TB, reader tlog.HashReader, size, index int64) tlog.RecordProof {
	t.Helper()
	proof, err := tlog.ProveRecord(size, index, reader)
	if err != nil {
		t.Fatal(err)
	}
	return proof
}

// Consistency proves that the first `older` entries of a tree are a prefix of the first `newer`; of
// the empty tree there is nothing to prove.
func Consistency(t testing.TB, reader tlog.HashReader, older, newer int64) tlog.TreeProof {
	t.Helper()
	if older == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(newer, older, reader)
	if err != nil {
		t.Fatal(err)
	}
	return proof
}

// Checkpoint is the signed checkpoint of the first `size` entries, with the signatures of `others`
// after the log's own.
func (l *Log) Checkpoint(t testing.TB, size int64, others ...note.Signer) []byte {
	t.Helper()
	return l.Sign(t, size, l.Root(t, size), others...)
}

// Sign signs a checkpoint with any root.
func (l *Log) Sign(t testing.TB, size int64, root tlog.Hash, others ...note.Signer) []byte {
	t.Helper()
	text := fmt.Sprintf("%s\n%d\n%s\n", l.Origin, size, root)
	signed, err := note.Sign(&note.Note{Text: text}, append([]note.Signer{l.signer}, others...)...)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}
