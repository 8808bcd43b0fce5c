// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// httpTiles reads a log's tiles over HTTP. It is a tlog.TileReader.
type httpTiles struct {
	client *http.Client
	url    string
	keep   map[tlog.Tile][]byte // nil keeps nothing
	saved  int                  // tiles that the library found to be right
}

func (*httpTiles) Height() int { return 8 }

func (r *httpTiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(tiles))
	for i, tile := range tiles {
		if kept, ok := r.keep[tile]; ok {
			out[i] = kept
			continue
		}
		data, err := r.read(tile)
		if err != nil {
			return nil, err
		}
		if r.keep != nil {
			r.keep[tile] = data
		}
		out[i] = data
	}
	return out, nil
}

func (r *httpTiles) read(tile tlog.Tile) ([]byte, error) {
	// The checksum database has the tile's height in its paths; C2SP tlog-tiles fixed it to 8.
	path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
	response, err := r.client.Get(r.url + "/" + path)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("GET /%s: %s", path, response.Status)
	}
	return io.ReadAll(response.Body)
}

func (r *httpTiles) SaveTiles(tiles []tlog.Tile, _ [][]byte) { r.saved += len(tiles) }

// open reads a checkpoint with the library's note and tree parsers.
func open(checkpoint []byte, origin string, verifiers ...note.Verifier) (*note.Note, tlog.Tree, error) {
	opened, err := note.Open(checkpoint, note.VerifierList(verifiers...))
	if err != nil {
		return nil, tlog.Tree{}, err
	}
	// The library's own trees all have one name, which stands where ours have the origin.
	text, found := strings.CutPrefix(opened.Text, origin+"\n")
	if !found {
		return nil, tlog.Tree{}, fmt.Errorf("the checkpoint is not of %s:\n%s", origin, opened.Text)
	}
	tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + text))
	return opened, tree, err
}

// hashes turns the proofs of our wire format into the library's.
func hashes(t testing.TB, proof [][]byte) []tlog.Hash {
	t.Helper()
	out := make([]tlog.Hash, len(proof))
	for i, hash := range proof {
		if len(hash) != tlog.HashSize {
			t.Fatalf("hash %d of a proof has %d bytes", i, len(hash))
		}
		out[i] = tlog.Hash(hash)
	}
	return out
}

// leaves are the stored-hash indexes of the entries start..end-1.
func leaves(start, end int64) []int64 {
	out := []int64{}
	for n := start; n < end; n++ {
		out = append(out, tlog.StoredHashIndex(0, n))
	}
	return out
}
