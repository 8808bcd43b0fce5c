// SPDX-License-Identifier: Apache-2.0

// Package tessera lets the client and the checker of github.com/transparency-dev/tessera read our
// log over HTTP, and our witnesses cosign a log of theirs.
package tessera

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"testing"

	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
	"k8s.io/klog/v2"

	"candor/tests/interop/cluster"
)

func TestMain(m *testing.M) {
	// Their progress reports; errors still go to standard error.
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	os.Exit(m.Run())
}

const prefix = "pkg:generic/acme.example/"

// leafHashes reads an entry bundle as their documentation tells: the default format of tlog-tiles,
// and RFC 6962 leaf hashes.
func leafHashes(bundle []byte) ([][]byte, error) {
	var entries api.EntryBundle
	if err := entries.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	hashes := make([][]byte, 0, len(entries.Entries))
	for _, entry := range entries.Entries {
		hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(entry))
	}
	return hashes, nil
}

func fetcher(t testing.TB, at string) *client.HTTPFetcher {
	t.Helper()
	root, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	f, err := client.NewHTTPFetcher(root, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func verifier(t testing.TB, vkey string) note.Verifier {
	t.Helper()
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// check is their fsck of the whole log at the checkpoint that it publishes now. It needs more
// workers than there are wrong tiles: each worker ends at the first one that it meets.
func check(ctx context.Context, f fsck.Fetcher, origin string, v note.Verifier) error {
	return fsck.New(origin, v, f, leafHashes, fsck.Opts{N: 4}).Check(ctx)
}

// track follows the log from its present checkpoint on.
func track(t testing.TB, f *client.HTTPFetcher, c *cluster.Cluster) *client.LogStateTracker {
	t.Helper()
	tracker, err := client.NewLogStateTracker(t.Context(), f.ReadTile, nil, verifier(t, c.LogVkey),
		c.Origin, client.UnilateralConsensus(f.ReadCheckpoint))
	if err != nil {
		t.Fatalf("their tracker refuses our log: %v", err)
	}
	return tracker
}

// entries reads all leaves below `size` with their stream of entry bundles.
func entries(ctx context.Context, f *client.HTTPFetcher, size uint64) ([][]byte, error) {
	getSize := func(context.Context) (uint64, error) { return size, nil }
	unbundle := func(raw []byte) ([][]byte, error) {
		var bundle api.EntryBundle
		err := bundle.UnmarshalText(raw)
		return bundle.Entries, err
	}
	var all [][]byte
	stream := client.EntryBundles(ctx, 4, getSize, f.ReadEntryBundle, 0, size)
	for entry, err := range client.Entries(stream, unbundle) {
		if err != nil {
			return nil, err
		}
		if entry.Index != uint64(len(all)) {
			return nil, fmt.Errorf("entry %d came after %d others", entry.Index, len(all))
		}
		all = append(all, bytes.Clone(entry.Entry))
	}
	return all, nil
}
