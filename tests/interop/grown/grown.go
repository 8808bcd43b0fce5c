// SPDX-License-Identifier: Apache-2.0

// Package grown runs our log and keeps what it served at every size on its way up.
package grown

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"candor/tests/interop/cluster"
	"candor/tests/interop/entry"
	"candor/tests/interop/gen/candorpb"
)

// Prefix of the vendor's products.
const Prefix = "pkg:generic/acme.example/"

// Log is our log with one vendor, grown entry by entry.
type Log struct {
	*cluster.Cluster
	Vendor      cluster.Vendor
	Key         entry.Key
	Checkpoints map[int64][]byte // by size
	Proofs      map[int64][]byte // the proof file of entry size-1, by size; from size 3 on
	Entries     [][]byte
	rpc         candorpb.LogServiceClient
}

// Start starts a log and grows it to `size` (at least 2), one published checkpoint an entry.
func Start(t testing.TB, options cluster.Options, size int64) *Log {
	t.Helper()
	options.LogFlags = append(options.LogFlags, "--checkpoint-interval", "0s")
	l := &Log{Cluster: cluster.Start(t, options), Checkpoints: map[int64][]byte{},
		Proofs: map[int64][]byte{}, Key: entry.NewKey(t, "acme.example")}
	connection, err := grpc.NewClient(l.GRPC,
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	l.rpc = candorpb.NewLogServiceClient(connection)

	l.WaitSize(1)
	l.keep(t, 1)
	file := l.Path("acme.key")
	l.Key.WriteFiles(t, file)
	l.Vendor = l.EnrolKey("acme.example", Prefix, file)
	l.keep(t, 2)
	for n := int64(3); n <= size; n++ {
		l.Proofs[n] = l.Add(t, Artifact(n))
		l.keep(t, n)
	}
	l.ReadEntries(t)
	return l
}

// keep notes the checkpoint of the size that the log must have now.
func (l *Log) keep(t testing.TB, size int64) {
	t.Helper()
	if l.Size() != size {
		t.Fatalf("the log has %d entries, not %d", l.Size(), size)
	}
	l.Checkpoints[size] = l.Fetch("/checkpoint")
}

// Artifact is the content of the file whose release made the tree as large as `size`.
func Artifact(size int64) []byte { return fmt.Appendf(nil, "artifact %d", size) }

// Statement is the release statement of an artifact.
func Statement(t testing.TB, artifact []byte) []byte {
	t.Helper()
	return entry.Release(t, "artifact.img", artifact, Prefix+"cam@1")
}

// Add publishes a release over HTTP and answers its proof file.
func (l *Log) Add(t testing.TB, artifact []byte) []byte {
	t.Helper()
	envelope := entry.Envelope(t, Statement(t, artifact), l.Key)
	response, err := l.HTTP.Post(l.URL+"/add", "application/json", bytes.NewReader(envelope))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("POST /add: %s %v\n%s", response.Status, err, body)
	}
	return body
}

// ReadEntries reads all published entries from the bundles.
func (l *Log) ReadEntries(t testing.TB) {
	t.Helper()
	size := l.Size()
	l.Entries = l.Entries[:len(l.Entries)/256*256]
	for have := int64(len(l.Entries)); have < size; have = int64(len(l.Entries)) {
		path := "/tile/entries/" + TileIndex(have/256)
		if size-have < 256 {
			path += fmt.Sprintf(".p/%d", size-have)
		}
		l.Entries = append(l.Entries, entry.Bundle(t, l.Fetch(path))...)
	}
	if int64(len(l.Entries)) != size {
		t.Fatalf("the bundles hold %d entries, not %d", len(l.Entries), size)
	}
}

// TileIndex writes the number of a tile as C2SP tlog-tiles says: x001/x234/067.
func TileIndex(n int64) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	return path
}

// Inclusion is the log's inclusion proof over gRPC.
func (l *Log) Inclusion(t testing.TB, index, size int64) [][]byte {
	t.Helper()
	answer, err := l.rpc.GetInclusionProof(t.Context(), &candorpb.GetInclusionProofRequest{
		Entry:    &candorpb.GetInclusionProofRequest_Index{Index: uint64(index)},
		TreeSize: uint64(size)})
	if err != nil {
		t.Fatalf("inclusion of %d in %d: %v", index, size, err)
	}
	return answer.Hashes
}

// Consistency is the log's consistency proof over gRPC.
func (l *Log) Consistency(t testing.TB, older, newer int64) [][]byte {
	t.Helper()
	answer, err := l.rpc.GetConsistencyProof(t.Context(), &candorpb.GetConsistencyProofRequest{
		OldSize: uint64(older), NewSize: uint64(newer)})
	if err != nil {
		t.Fatalf("consistency of %d with %d: %v", older, newer, err)
	}
	return answer.Hashes
}
