// SPDX-License-Identifier: Apache-2.0

package tessera

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"testing"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"

	"candor/tests/interop/cluster"
)

const (
	batch      = 1000
	maxBatches = 20
	rounds     = 5
	ahead      = 300 // more than a tile: what is partial at a checkpoint is full when it is read
)

// loader publishes release after release until it is told to stop.
type loader struct {
	stop chan struct{}
	done chan error
}

func startLoader(c *cluster.Cluster, v cluster.Vendor) *loader {
	l := &loader{stop: make(chan struct{}), done: make(chan error, 1)}
	go func() {
		for n := range maxBatches {
			select {
			case <-l.stop:
				l.done <- nil
				return
			default:
			}
			// Not through Cluster.Grow, which ends the test from its own goroutine only.
			out, err := exec.Command(cluster.Bin("candor-load"), "add", "--target", c.GRPC, "--key",
				v.KeyFile, "--purl-prefix", v.Prefix, "--count", strconv.Itoa(batch), "--run",
				"beside"+strconv.Itoa(n), "--in-flight", "256", "--wait-published").CombinedOutput()
			if err != nil {
				l.done <- fmt.Errorf("%w\n%s", err, out)
				return
			}
		}
		l.done <- nil
	}()
	return l
}

// end stops the loader after the batch that it is at.
func (l *loader) end(t testing.TB) {
	t.Helper()
	close(l.stop)
	if err := <-l.done; err != nil {
		t.Fatalf("candor-load: %v", err)
	}
}

// lateReader reads a log's checkpoint, and everything else only after the log has grown beyond it.
type lateReader struct {
	*client.HTTPFetcher
	c    *cluster.Cluster
	size int64 // of the checkpoint
}

func (r *lateReader) ReadCheckpoint(ctx context.Context) ([]byte, error) {
	raw, err := r.HTTPFetcher.ReadCheckpoint(ctx)
	if err != nil {
		return nil, err
	}
	var at log.Checkpoint
	if _, err := at.Unmarshal(raw); err != nil {
		return nil, err
	}
	r.size = int64(at.Size)
	r.c.WaitSize(r.size + ahead)
	return raw, nil
}

func TestTheWholeLogIsCheckedWhileItGrows(t *testing.T) {
	c := cluster.Start(t, cluster.Options{Witnesses: 1, Quorum: 1})
	v := c.Enrol("acme.example", prefix)
	f := fetcher(t, c.URL)
	tracker := track(t, f, c)
	seen := []log.Checkpoint{tracker.Latest()}

	load := startLoader(c, v)
	for range rounds {
		late := &lateReader{HTTPFetcher: f, c: c}
		if err := check(t.Context(), late, c.Origin, verifier(t, c.LogVkey)); err != nil {
			t.Fatalf("fsck at size %d of a log that grows: %v", late.size, err)
		}
		if _, _, _, err := tracker.Update(t.Context()); err != nil {
			t.Fatalf("their tracker, from size %d on: %v", tracker.Latest().Size, err)
		}
		seen = append(seen, tracker.Latest())
	}
	load.end(t)

	if _, _, _, err := tracker.Update(t.Context()); err != nil {
		t.Fatal(err)
	}
	last := tracker.Latest()
	if err := check(t.Context(), f, c.Origin, verifier(t, c.LogVkey)); err != nil {
		t.Fatalf("fsck at size %d: %v", last.Size, err)
	}
	t.Logf("checked %d times while it grew to %d", rounds, last.Size)
	everyLeaf(t, f, last)
	everyOlderSize(t, f, seen, last)
}

// everyLeaf reads each entry and its hash and proves it included.
func everyLeaf(t *testing.T, f *client.HTTPFetcher, at log.Checkpoint) {
	all, err := entries(t.Context(), f, at.Size)
	if err != nil || uint64(len(all)) != at.Size {
		t.Fatalf("their stream has %d of %d entries: %v", len(all), at.Size, err)
	}
	hashes, err := client.FetchLeafHashes(t.Context(), f.ReadTile, 0, at.Size, at.Size)
	if err != nil || uint64(len(hashes)) != at.Size {
		t.Fatalf("their client has %d of %d leaf hashes: %v", len(hashes), at.Size, err)
	}
	builder, err := client.NewProofBuilder(t.Context(), at.Size, f.ReadTile)
	if err != nil {
		t.Fatal(err)
	}
	for i, entry := range all {
		leaf := rfc6962.DefaultHasher.HashLeaf(entry)
		if !bytes.Equal(leaf, hashes[i]) {
			t.Fatalf("leaf %d: the tile and the entry bundle do not fit", i)
		}
		path, err := builder.InclusionProof(t.Context(), uint64(i))
		if err != nil {
			t.Fatalf("leaf %d: %v", i, err)
		}
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(i), at.Size, leaf, path,
			at.Hash); err != nil {
			t.Fatalf("leaf %d: %v", i, err)
		}
	}
}

// everyOlderSize proves each checkpoint that was seen before consistent with the last one, and reads
// the tree as it was then.
func everyOlderSize(t *testing.T, f *client.HTTPFetcher, seen []log.Checkpoint,
	last log.Checkpoint) {
	builder, err := client.NewProofBuilder(t.Context(), last.Size, f.ReadTile)
	if err != nil {
		t.Fatal(err)
	}
	for _, old := range seen {
		path, err := builder.ConsistencyProof(t.Context(), old.Size, last.Size)
		if err != nil {
			t.Fatalf("%d to %d: %v", old.Size, last.Size, err)
		}
		if err := proof.VerifyConsistency(rfc6962.DefaultHasher, old.Size, last.Size, path, old.Hash,
			last.Hash); err != nil {
			t.Fatalf("%d to %d: %v", old.Size, last.Size, err)
		}
		lastLeafOf(t, f, old)
	}
}

func lastLeafOf(t *testing.T, f *client.HTTPFetcher, old log.Checkpoint) {
	builder, err := client.NewProofBuilder(t.Context(), old.Size, f.ReadTile)
	if err != nil {
		t.Fatal(err)
	}
	path, err := builder.InclusionProof(t.Context(), old.Size-1)
	if err != nil {
		t.Fatalf("the tree of size %d: %v", old.Size, err)
	}
	hashes, err := client.FetchLeafHashes(t.Context(), f.ReadTile, old.Size-1, 1, old.Size)
	if err != nil {
		t.Fatalf("the tree of size %d: %v", old.Size, err)
	}
	if err := proof.VerifyInclusion(rfc6962.DefaultHasher, old.Size-1, old.Size, hashes[0], path,
		old.Hash); err != nil {
		t.Fatalf("the tree of size %d: %v", old.Size, err)
	}
}

// A log that has only its first entry: the smallest that a log of ours serves.
func TestTheSmallestLog(t *testing.T) {
	c := cluster.Start(t, cluster.Options{})
	f := fetcher(t, c.URL)
	if err := check(t.Context(), f, c.Origin, verifier(t, c.LogVkey)); err != nil {
		t.Fatal(err)
	}
	at := track(t, f, c).Latest()
	if at.Size != 1 {
		t.Fatalf("size %d, not 1", at.Size)
	}
	everyLeaf(t, f, at)
}
