// SPDX-License-Identifier: Apache-2.0

package torchwood

import (
	"bytes"
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/tlog"

	"candor/tests/interop/cluster"
	"candor/tests/interop/tamper"
)

// readLog is their client on a log of ours at `url`, and the published checkpoint, verified under
// the cluster's trust policy.
func readLog(t testing.TB, c *cluster.Cluster, url string) (client *torchwood.Client, tree tlog.Tree,
	checkpoint []byte) {
	t.Helper()
	fetcher, err := torchwood.NewTileFetcher(url)
	if err != nil {
		t.Fatal(err)
	}
	checkpoint, err = fetcher.ReadEndpoint(t.Context(), "checkpoint")
	if err != nil {
		t.Fatal(err)
	}
	policy := parsePolicy(t, string(read(t, c.PolicyFile)))
	opened, _, err := torchwood.VerifyCheckpoint(checkpoint, policy)
	if err != nil {
		t.Fatalf("torchwood refuses our checkpoint: %v\n%s", err, checkpoint)
	}
	client, err = torchwood.NewClient(fetcher, torchwood.WithTimeout(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return client, opened.Tree, checkpoint
}

// readAll reads the entries from `start` on to the tree's end.
func readAll(ctx context.Context, client *torchwood.Client, tree tlog.Tree, start int64) ([][]byte,
	error) {
	var all [][]byte
	for i, entry := range client.AllEntries(ctx, tree, start) {
		if want := start + int64(len(all)); i != want {
			return nil, fmt.Errorf("entry %d came instead of %d", i, want)
		}
		all = append(all, bytes.Clone(entry))
	}
	return all, client.Err()
}

func TestTheirClientReadsOurLog(t *testing.T) {
	c := cluster.Start(t, cluster.Options{Witnesses: 2, Quorum: 2})
	v := c.Enrol("acme.example", prefix)
	var all [][]byte
	for _, n := range []int{0, 1, 252, 1, 1, 400} { // up to, on and beyond the ends of tiles
		if n > 0 {
			c.Grow(v, n)
		}
		client, tree, _ := readLog(t, c, c.URL)
		more, err := readAll(t.Context(), client, tree, int64(len(all)))
		if err != nil {
			t.Fatalf("from %d to %d: %v", len(all), tree.N, err)
		}
		all = append(all, more...)
		if int64(len(all)) != tree.N {
			t.Fatalf("%d of %d entries", len(all), tree.N)
		}
		again, err := readAll(t.Context(), client, tree, 0)
		if err != nil || len(again) != len(all) {
			t.Fatalf("from the start: %d of %d entries, %v", len(again), len(all), err)
		}
	}
	client, tree, _ := readLog(t, c, c.URL)
	for _, index := range []int64{0, 1, 2, 127, 254, 255, 256, 257, 511, 512, tree.N - 1} {
		entry, path, err := client.Entry(t.Context(), tree, index)
		if err != nil || !bytes.Equal(entry, all[index]) {
			t.Fatalf("entry %d: %v", index, err)
		}
		if err := tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
			t.Fatalf("entry %d: %v", index, err)
		}
	}
}

// A directory that keeps full tiles serves the next reader, as a monitor of theirs would do it.
func TestTheirCacheKeepsOurTiles(t *testing.T) {
	c := cluster.Start(t, cluster.Options{})
	c.Grow(c.Enrol("acme.example", prefix), 600)
	_, tree, _ := readLog(t, c, c.URL)
	folder := t.TempDir()
	read := func(url string) error {
		fetcher, err := torchwood.NewTileFetcher(url)
		if err != nil {
			t.Fatal(err)
		}
		cache, err := torchwood.NewPermanentCache(fetcher, folder)
		if err != nil {
			t.Fatal(err)
		}
		client, err := torchwood.NewClient(cache)
		if err != nil {
			t.Fatal(err)
		}
		all, err := readAll(t.Context(), client, tree, 0)
		if err == nil && int64(len(all)) != tree.N {
			t.Fatalf("%d of %d entries", len(all), tree.N)
		}
		return err
	}
	if err := read(c.URL); err != nil {
		t.Fatal(err)
	}
	var full atomic.Int64
	second := tamper.Start(t, c.URL, func(path string, body []byte) []byte {
		if path == "/tile/entries/000" || path == "/tile/entries/001" {
			full.Add(1)
		}
		return body
	})
	if err := read(second.URL); err != nil || full.Load() != 0 {
		t.Fatalf("%d full tiles were fetched again, %v", full.Load(), err)
	}
}

func TestOneChangedByteFailsTheirClient(t *testing.T) {
	c := cluster.Start(t, cluster.Options{Witnesses: 1, Quorum: 1})
	c.Grow(c.Enrol("acme.example", prefix), 600)
	_, tree, checkpoint := readLog(t, c, c.URL)
	full, part := tree.N/256, tree.N%256
	for name, at := range map[string]struct {
		path string
		byte int
	}{
		"full tile":      {"/tile/0/000", 5000},
		"partial tile":   {fmt.Sprintf("/tile/0/%03d.p/%d", full, part), 70},
		"tile above":     {fmt.Sprintf("/tile/1/000.p/%d", full), 40},
		"entry":          {"/tile/entries/001", 300},
		"entry's length": {"/tile/entries/001", 1},
		"partial bundle": {fmt.Sprintf("/tile/entries/%03d.p/%d", full, part), 300},
	} {
		t.Run(name, func(t *testing.T) {
			proxy := tamper.Start(t, c.URL, tamper.FlipByte(at.path, func([]byte) int { return at.byte }))
			client, _, _ := readLog(t, c, proxy.URL)
			_, err := readAll(t.Context(), client, tree, 0)
			if proxy.Altered() == 0 {
				t.Fatalf("%s was not read", at.path)
			}
			if err == nil {
				t.Error("their client did not see it")
			}
		})
	}
	policy := parsePolicy(t, string(read(t, c.PolicyFile)))
	for name, marker := range map[string]string{"log's signature": c.Origin,
		"cosignature": c.Witnesses[0].Name} {
		at := bytes.Index(checkpoint, []byte("\n— "+marker+" ")) + len("\n— "+marker+" ") + 40
		changed := tamper.SwapBase64("", func([]byte) int { return at })("", bytes.Clone(checkpoint))
		if _, _, err := torchwood.VerifyCheckpoint(changed, policy); err == nil {
			t.Errorf("they accept a changed %s", name)
		}
	}
}
