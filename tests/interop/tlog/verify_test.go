// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"candor/tests/interop/entry"
	"candor/tests/interop/golog"
)

const (
	proofSizes  = 256   // every size up to here has a proof that `candor verify` checks
	allIndexes  = 12    // every entry of every size up to here
	sizeOfLarge = 70000 // and of this one
)

func acceptProof(t testing.TB, log *golog.Releases, size, index int64) {
	t.Helper()
	proof := entry.Proof(index, golog.Inclusion(t, log, size, index), log.Checkpoint(t, size),
		log.Release(t, index))
	if code, out := log.Verify(t, index, proof); code != 0 {
		t.Errorf("entry %d of %d: exit code %d, %s%s", index, size, code, out, proof)
	}
}

func TestProofFilesByTheLibrary(t *testing.T) {
	log := golog.NewReleases(t)
	for size := int64(1); size <= proofSizes; size++ {
		log.AppendRelease(t)
		if size > allIndexes {
			acceptProof(t, log, size, size*5/7) // the left, the right and the middle in turn
			continue
		}
		for index := range size {
			acceptProof(t, log, size, index)
		}
	}
	const last = sizeOfLarge - 1
	log.Fill(t, last)
	log.AppendRelease(t)
	for _, index := range []int64{0, 255, proofSizes - 1, last} {
		acceptProof(t, log, sizeOfLarge, index)
	}
}

func TestDamagedProofFilesByTheLibrary(t *testing.T) {
	log := golog.NewReleases(t)
	const index, size = 20, 45
	for range size {
		log.AppendRelease(t)
	}
	path, checkpoint := golog.Inclusion(t, log, size, index), log.Checkpoint(t, size)
	acceptProof(t, log, size, index)
	root := log.Root(t, size)
	cases := map[string][]byte{
		"another index": entry.Proof(index+1, path, checkpoint, log.Release(t, index)),
		"another size":  entry.Proof(index, path, log.Checkpoint(t, size-1), log.Release(t, index)),
		"another root": entry.Proof(index, path,
			log.Sign(t, size, tlog.Hash(entry.Changed(root[:], 31))), log.Release(t, index)),
		"another entry": entry.Proof(index, path, checkpoint, log.Release(t, index+1)),
		"another log": entry.Proof(index, path,
			golog.New(t, log.Origin).Sign(t, size, root), log.Release(t, index)),
	}
	for what, wrong := range damaged(path) {
		cases[what] = entry.Proof(index, wrong, checkpoint, log.Release(t, index))
	}
	for at := range len(checkpoint) {
		cases[fmt.Sprintf("byte %d of the checkpoint changed", at)] = entry.Proof(index, path,
			entry.Changed(checkpoint, at), log.Release(t, index))
	}
	for what, proof := range cases {
		if code, out := log.Verify(t, index, proof); code == 0 {
			t.Errorf("%s: %s%s", what, out, proof)
		}
	}
}
