// SPDX-License-Identifier: Apache-2.0

package grpc

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"candor/tests/interop/cluster"
	"candor/tests/interop/dsse"
	"candor/tests/interop/gen/candorpb"
)

// Every call of the service, over a plain and over a TLS port.
func TestEveryCall(t *testing.T) {
	for name, tls := range map[string]bool{"plain": false, "tls": true} {
		t.Run(name, func(t *testing.T) {
			f := start(t, cluster.Options{Witnesses: 1, Quorum: 1, TLS: tls})
			const releases = 20
			for range releases {
				f.publish(t)
			}
			t.Run("AddEntry sequenced", f.testAddSequenced)
			t.Run("AddEntry published", f.testAddPublished)
			t.Run("AddEntry again", f.testAddAgain)
			t.Run("GetInclusionProof", f.testInclusion)
			t.Run("GetConsistencyProof", f.testConsistency)
			t.Run("GetEntry", f.testGetEntry)
			t.Run("ReadEntries", f.testReadEntries)
		})
	}
}

// tree is the newest checkpoint, signed by the log, as Go's packages read it.
func (f *fixture) tree(t *testing.T) tlog.Tree {
	t.Helper()
	response, err := f.client.GetCheckpoint(call(t), &candorpb.GetCheckpointRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return f.open(t, response.GetCheckpoint())
}

func (f *fixture) open(t *testing.T, checkpoint []byte) tlog.Tree {
	t.Helper()
	verifier, err := note.NewVerifier(f.LogVkey)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := note.Open(checkpoint, note.VerifierList(verifier))
	if err != nil {
		t.Fatalf("%v\n%s", err, checkpoint)
	}
	// The package reads the form of Go's own log only: the same three lines after another first one.
	_, rest, found := bytes.Cut([]byte(opened.Text), []byte("\n"))
	if !found {
		t.Fatalf("no lines: %q", opened.Text)
	}
	tree, err := tlog.ParseTree(append([]byte("go.sum database tree\n"), rest...))
	if err != nil {
		t.Fatalf("%v in %q", err, opened.Text)
	}
	return tree
}

func (f *fixture) testAddSequenced(t *testing.T) {
	envelope := f.envelope(t)
	response, err := f.client.AddEntry(call(t),
		addRequest(envelope, candorpb.WaitFor_WAIT_FOR_SEQUENCED))
	if err != nil {
		t.Fatal(err)
	}
	if response.GetTreeSize() <= response.GetIndex() || response.GetDuplicate() ||
		len(response.GetTlogProof()) != 0 {
		t.Fatalf("answered %v", response)
	}
	f.WaitSize(int64(response.GetIndex()) + 1)
	entry := f.entry(t, &candorpb.GetEntryRequest{
		Entry: &candorpb.GetEntryRequest_LeafHash{LeafHash: response.GetLeafHash()}})
	parsed, err := dsse.ParseEntry(entry.GetEntry())
	if err != nil {
		t.Fatal(err)
	}
	if entry.GetIndex() != response.GetIndex() ||
		tlog.RecordHash(entry.GetEntry()) != hash(t, response.GetLeafHash()) ||
		!bytes.Equal(parsed.StatementID[:], response.GetStatementId()) {
		t.Fatalf("answered %v, and the entry is %v", response, entry)
	}
}

func (f *fixture) testAddPublished(t *testing.T) {
	response := f.publish(t)
	tree := f.tree(t)
	if tree.N <= int64(response.GetIndex()) {
		t.Fatalf("entry %d is not in the published tree of %d", response.GetIndex(), tree.N)
	}
	entry := dsse.EntryOfProof(t, response.GetTlogProof())
	dsse.Verify(t, entry.Envelope(t), f.key)
	if !bytes.Equal(entry.StatementID[:], response.GetStatementId()) {
		t.Fatal("the proof is about another statement")
	}
}

func (f *fixture) testAddAgain(t *testing.T) {
	envelope := f.envelope(t)
	var first *candorpb.AddEntryResponse
	for _, wait := range []candorpb.WaitFor{candorpb.WaitFor_WAIT_FOR_UNSPECIFIED,
		candorpb.WaitFor_WAIT_FOR_PUBLISHED, candorpb.WaitFor_WAIT_FOR_SEQUENCED} {
		response, err := f.client.AddEntry(call(t), addRequest(envelope, wait))
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = response
		}
		if response.GetIndex() != first.GetIndex() || response.GetDuplicate() != (first != response) {
			t.Fatalf("answered %v after %v", response, first)
		}
	}
}

// Go's package checks the proof of every entry, found by index, by leaf and by statement.
func (f *fixture) testInclusion(t *testing.T) {
	tree := f.tree(t)
	for index := range tree.N {
		got := f.inclusion(t, &candorpb.GetInclusionProofRequest{
			Entry: &candorpb.GetInclusionProofRequest_Index{Index: uint64(index)}})
		leaf := hash(t, got.GetLeafHash())
		proof := hashes(t, got.GetHashes())
		if int64(got.GetTreeSize()) != tree.N {
			t.Fatalf("a proof for size %d, the tree has %d", got.GetTreeSize(), tree.N)
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf); err != nil {
			t.Fatalf("entry %d: %v", index, err)
		}
		if f.open(t, got.GetCheckpoint()) != tree {
			t.Fatal("the proof comes with another checkpoint")
		}
		leaf[index%32] ^= 1
		if tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf) == nil {
			t.Fatalf("entry %d: a changed leaf is proven too", index)
		}

		same := f.inclusion(t, &candorpb.GetInclusionProofRequest{
			Entry: &candorpb.GetInclusionProofRequest_LeafHash{LeafHash: got.GetLeafHash()}})
		if same.GetIndex() != uint64(index) {
			t.Fatalf("entry %d by its leaf is %d", index, same.GetIndex())
		}
		entry, err := dsse.ParseEntry(f.entry(t, byIndex(uint64(index))).GetEntry())
		if err != nil {
			t.Fatal(err)
		}
		same = f.inclusion(t, &candorpb.GetInclusionProofRequest{
			Entry: &candorpb.GetInclusionProofRequest_StatementId{StatementId: entry.StatementID[:]}})
		if same.GetIndex() != uint64(index) {
			t.Fatalf("entry %d by its statement is %d", index, same.GetIndex())
		}
	}
}

func (f *fixture) inclusion(t *testing.T,
	request *candorpb.GetInclusionProofRequest) *candorpb.GetInclusionProofResponse {
	t.Helper()
	response, err := f.client.GetInclusionProof(call(t), request)
	if err != nil {
		t.Fatalf("%v: %v", request, err)
	}
	return response
}

func (f *fixture) entry(t *testing.T, request *candorpb.GetEntryRequest) *candorpb.GetEntryResponse {
	t.Helper()
	response, err := f.client.GetEntry(call(t), request)
	if err != nil {
		t.Fatalf("%v: %v", request, err)
	}
	return response
}

func byIndex(index uint64) *candorpb.GetEntryRequest {
	return &candorpb.GetEntryRequest{Entry: &candorpb.GetEntryRequest_Index{Index: index}}
}

// Between all sizes: the newest tree and every older one, whose root Go's package computes.
func (f *fixture) testConsistency(t *testing.T) {
	tree := f.tree(t)
	roots := f.roots(t, tree.N)
	if roots[tree.N] != tree.Hash {
		t.Fatal("the entries do not hash to the checkpoint's root")
	}
	for old := range tree.N + 1 {
		response, err := f.client.GetConsistencyProof(call(t),
			&candorpb.GetConsistencyProofRequest{OldSize: uint64(old)})
		if err != nil {
			t.Fatal(err)
		}
		proof := hashes(t, response.GetHashes())
		if int64(response.GetNewSize()) != tree.N {
			t.Fatalf("a proof for size %d", response.GetNewSize())
		}
		if old == 0 { // every tree extends the empty one; the package does not take that size
			if len(proof) != 0 {
				t.Fatalf("%d hashes for the empty tree", len(proof))
			}
			continue
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, old, roots[old]); err != nil {
			t.Fatalf("from size %d: %v", old, err)
		}
		changed := roots[old]
		changed[old%32] ^= 1
		if tlog.CheckTree(proof, tree.N, tree.Hash, old, changed) == nil {
			t.Fatalf("from size %d: a changed root is proven too", old)
		}
	}
}

// roots are the roots of all trees up to a size.
func (f *fixture) roots(t *testing.T, size int64) []tlog.Hash {
	t.Helper()
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, 0, len(indexes))
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	roots := []tlog.Hash{sha256.Sum256(nil)}
	for index := range size {
		more, err := tlog.StoredHashes(index, f.entry(t, byIndex(uint64(index))).GetEntry(), reader)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, more...)
		root, err := tlog.TreeHash(index+1, reader)
		if err != nil {
			t.Fatal(err)
		}
		roots = append(roots, root)
	}
	return roots
}

func (f *fixture) testGetEntry(t *testing.T) {
	for index := range uint64(f.tree(t).N) {
		one := f.entry(t, byIndex(index))
		parsed, err := dsse.ParseEntry(one.GetEntry())
		if err != nil {
			t.Fatal(err)
		}
		leaf := tlog.RecordHash(one.GetEntry())
		for _, request := range []*candorpb.GetEntryRequest{
			{Entry: &candorpb.GetEntryRequest_LeafHash{LeafHash: leaf[:]}},
			{Entry: &candorpb.GetEntryRequest_StatementId{StatementId: parsed.StatementID[:]}},
		} {
			same := f.entry(t, request)
			if same.GetIndex() != index || !bytes.Equal(same.GetEntry(), one.GetEntry()) {
				t.Fatalf("%v is entry %d", request, same.GetIndex())
			}
		}
	}
}

func (f *fixture) testReadEntries(t *testing.T) {
	size := uint64(f.tree(t).N)
	for _, test := range []struct{ start, limit, count uint64 }{
		{0, 0, size}, {3, 4, 4}, {size - 2, 100, 2}, {size, 0, 0}, {0, size + 1, size},
		{size - 1, 1, 1}, {1, 1<<64 - 1, size - 1},
	} {
		next := test.start
		stream, err := f.client.ReadEntries(call(t),
			&candorpb.ReadEntriesRequest{Start: test.start, Limit: test.limit})
		if err != nil {
			t.Fatal(err)
		}
		for {
			message, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%+v: %v", test, err)
			}
			if message.GetStart() != next || message.GetTreeSize() != size {
				t.Fatalf("%+v: a message from %d of %d", test, message.GetStart(), message.GetTreeSize())
			}
			for _, entry := range message.GetEntries() {
				if !bytes.Equal(entry, f.entry(t, byIndex(next)).GetEntry()) {
					t.Fatalf("%+v: entry %d is another one", test, next)
				}
				next++
			}
		}
		if next-test.start != test.count {
			t.Fatalf("%+v: %d entries", test, next-test.start)
		}
	}
}

// A port with TLS answers nobody who does not speak it, or does not know its certificate.
func TestTLSIsNotOptional(t *testing.T) {
	f := start(t, cluster.Options{TLS: true})
	trusting := f.CAFile
	f.CAFile = ""
	plain := candorpb.NewLogServiceClient(f.dial(t))
	f.CAFile = trusting
	ctx, cancel := context.WithCancel(call(t))
	defer cancel()
	if _, err := plain.GetCheckpoint(ctx, &candorpb.GetCheckpointRequest{}); err == nil {
		t.Fatal("the port answers without TLS")
	}
	f.tree(t)
}
