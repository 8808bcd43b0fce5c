// SPDX-License-Identifier: Apache-2.0

package transparencydev

import (
	"fmt"
	"testing"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"

	"candor/tests/interop/grown"
)

var ranges = compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}

// tree is a tree that the library builds from entries; it keeps every node and every root.
type tree struct {
	edge  *compact.Range
	nodes map[compact.NodeID][]byte
	roots [][]byte // by size
}

func newTree() *tree {
	return &tree{edge: ranges.NewEmptyRange(0), nodes: map[compact.NodeID][]byte{},
		roots: [][]byte{rfc6962.DefaultHasher.EmptyRoot()}}
}

func (r *tree) add(t testing.TB, entry []byte) {
	t.Helper()
	keep := func(id compact.NodeID, hash []byte) { r.nodes[id] = hash }
	leaf := rfc6962.DefaultHasher.HashLeaf(entry)
	keep(compact.NewNodeID(0, r.edge.End()), leaf)
	if err := r.edge.Append(leaf, keep); err != nil {
		t.Fatal(err)
	}
	root, err := r.edge.GetRootHash(nil)
	if err != nil {
		t.Fatal(err)
	}
	r.roots = append(r.roots, root)
}

// node is a compact.NodeID's hash.
func (r *tree) node(_ testing.TB, id compact.NodeID) []byte { return r.nodes[id] }

// build makes a proof of the nodes that the library asks for.
func build(t testing.TB, nodes proof.Nodes, err error,
	node func(testing.TB, compact.NodeID) []byte) [][]byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	hashes := [][]byte{}
	for _, id := range nodes.IDs {
		hashes = append(hashes, node(t, id))
	}
	hashes, err = nodes.Rehash(hashes, rfc6962.DefaultHasher.HashChildren)
	if err != nil {
		t.Fatal(err)
	}
	return hashes
}

// tiles reads nodes from the tiles that a log serves at one size.
type tiles struct {
	size  uint64
	fetch func(path string) []byte
	kept  map[string][]byte
}

// node computes a node of any level from the hashes of the tile that it lies in.
func (s *tiles) node(t testing.TB, id compact.NodeID) []byte {
	t.Helper()
	level, within := id.Level/8, id.Level%8
	first := id.Index << within
	path := fmt.Sprintf("/tile/%d/%s", level, grown.TileIndex(int64(first/256)))
	if full := s.size >> (8 * level); full/256 == first/256 {
		path += fmt.Sprintf(".p/%d", full%256)
	}
	data, ok := s.kept[path]
	if !ok {
		data = s.fetch(path)
		s.kept[path] = data
	}
	part := ranges.NewEmptyRange(0)
	for n := first % 256; n < first%256+1<<within; n++ {
		if len(data) < int(n+1)*32 {
			t.Fatalf("%s has no hash %d", path, n)
		}
		if err := part.Append(data[n*32:n*32+32], nil); err != nil {
			t.Fatal(err)
		}
	}
	hash, err := part.GetRootHash(nil)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}
