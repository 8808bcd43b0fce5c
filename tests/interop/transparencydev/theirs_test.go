// SPDX-License-Identifier: Apache-2.0

package transparencydev

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	f_log "github.com/transparency-dev/formats/log"
	f_note "github.com/transparency-dev/formats/note"
	f_proof "github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/merkle/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"candor/tests/interop/cluster"
	"candor/tests/interop/entry"
	"candor/tests/interop/golog"
)

// cosigner is the library's witness key: its signer, and the verifier key that a policy names.
func cosigner(t testing.TB, name string) (note.Signer, string) {
	t.Helper()
	private, public, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := f_note.NewSignerForCosignatureV1(private)
	if err != nil {
		t.Fatal(err)
	}
	vkey, err := f_note.VKeyToCosignatureV1(public)
	if err != nil {
		t.Fatal(err)
	}
	return signer, vkey
}

// mldsaCosigner is the same with an ML-DSA-44 key.
func mldsaCosigner(t testing.TB, name string) (note.Signer, string) {
	t.Helper()
	private, vkey, err := f_note.GenerateMLDSAKey(name)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := f_note.NewSignerForCosignatureV1(private)
	if err != nil {
		t.Fatal(err)
	}
	return signer, vkey
}

// releases is a Go log of `size` releases, and the same tree in the library.
func releases(t testing.TB, size int64) (*golog.Releases, *tree) {
	t.Helper()
	log, mirror := golog.NewReleases(t), newTree()
	for n := range size {
		log.AppendRelease(t)
		mirror.add(t, log.Release(t, n))
	}
	return log, mirror
}

// proofFile is the library's tlog-proof of an entry below a checkpoint.
func proofFile(t testing.TB, log *golog.Releases, mirror *tree, index, size uint64,
	checkpoint []byte) []byte {
	t.Helper()
	file := f_proof.TLogProof{Index: index, Checkpoint: checkpoint,
		ExtraData: append([]byte{1}, log.Release(t, int64(index))...)}
	nodes, err := proof.Inclusion(index, size)
	for _, hash := range build(t, nodes, err, mirror.node) {
		file.Hashes = append(file.Hashes, [32]byte(hash))
	}
	return file.Marshal()
}

// expect checks the answer of `candor verify`.
func expect(t testing.TB, log *golog.Releases, index uint64, file []byte, ok bool, what string) {
	t.Helper()
	code, out := log.Verify(t, int64(index), file)
	if (code == 0) != ok || code > 2 {
		t.Errorf("%s: exit code %d, %s%s", what, code, out, file)
	}
}

func TestProofFilesByTheLibrary(t *testing.T) {
	const sizes = 64
	log, mirror := releases(t, sizes)
	signer, vkey := cosigner(t, "w.example/go")
	log.Trust(t, "witness w "+vkey+"\nquorum w\n")
	for size := uint64(1); size <= sizes; size++ {
		root := tlog.Hash(mirror.roots[size])
		for _, index := range slices.Compact([]uint64{0, size / 2, size - 1}) {
			file := proofFile(t, log, mirror, index, size, log.Sign(t, int64(size), root, signer))
			expect(t, log, index, file, true, fmt.Sprintf("entry %d of %d", index, size))
			file = proofFile(t, log, mirror, index, size, log.Sign(t, int64(size), root))
			expect(t, log, index, file, false, "no cosignature")
		}
	}
}

func TestCosignatureByTheLibraryChanged(t *testing.T) {
	const index, size = 6, 11
	log, mirror := releases(t, size)
	signer, vkey := cosigner(t, "w.example/go")
	log.Trust(t, "witness w "+vkey+"\nquorum w\n")
	checkpoint := log.Checkpoint(t, size, signer)
	expect(t, log, index, proofFile(t, log, mirror, index, size, checkpoint), true, "unchanged")
	line := bytes.LastIndex(checkpoint, []byte("\n— ")) + 1
	for at := line; at < len(checkpoint); at++ {
		file := proofFile(t, log, mirror, index, size, entry.Changed(checkpoint, at))
		expect(t, log, index, file, false, fmt.Sprintf("byte %d", at))
	}
	other, _ := cosigner(t, "w.example/go")
	file := proofFile(t, log, mirror, index, size, log.Checkpoint(t, size, other))
	expect(t, log, index, file, false, "another key of the same name")
}

// Policies of several witnesses, with ML-DSA keys among them, which we keep but can not verify.
func TestQuorumsByTheLibrary(t *testing.T) {
	const index, size = 2, 5
	log, mirror := releases(t, size)
	names, vkeys := []string{"a", "b", "c", "m"}, ""
	signers := map[string]note.Signer{}
	for _, name := range names {
		make := cosigner
		if name == "m" {
			make = mldsaCosigner
		}
		signer, vkey := make(t, name+".example/witness")
		signers[name] = signer
		vkeys += "witness " + name + " " + vkey + "\n"
	}
	for _, test := range []struct {
		quorum, signed string
		ok             bool
	}{
		{"quorum a\n", "a", true},
		{"quorum a\n", "b", false},
		{"quorum a\n", "bcma", true},
		{"group g 2 a b c\nquorum g\n", "ac", true},
		{"group g 2 a b c\nquorum g\n", "am", false},
		{"group g any a b\nquorum g\n", "b", true},
		{"group g all a b c\nquorum g\n", "abc", true},
		{"group g all a b c\nquorum g\n", "ab", false},
		{"group g 2 a b m\nquorum g\n", "abm", true},
		{"group g any a m\nquorum g\n", "am", true},
		{"group g any a m\nquorum g\n", "m", false},
		{"quorum m\n", "m", false},
		{"group x any a b\ngroup y any c m\ngroup g all x y\nquorum g\n", "bc", true},
		{"group x any a b\ngroup y any c m\ngroup g all x y\nquorum g\n", "ab", false},
	} {
		log.Trust(t, vkeys+test.quorum)
		signed := []note.Signer{}
		for _, name := range test.signed {
			signed = append(signed, signers[string(name)])
		}
		file := proofFile(t, log, mirror, index, size, log.Checkpoint(t, size, signed...))
		what := strings.ReplaceAll(test.quorum, "\n", "; ") + "signed by " + test.signed
		expect(t, log, index, file, test.ok, what)
	}
}

// Checkpoints written by the library's formatter, and consistency proofs of its making.
func TestOurWitnessOfTheLibrary(t *testing.T) {
	const size = 600
	log := golog.New(t, "go.example/formats")
	mirror := newTree()
	for n := range size {
		content := fmt.Appendf(nil, "entry %d", n)
		mirror.add(t, content)
	}
	vkey, address, _ := cluster.StartWitness(t, filepath.Join(t.TempDir(), "w"), "w.example",
		[]string{log.Vkey})
	verifier, err := f_note.NewVerifierForCosignatureV1(vkey)
	if err != nil {
		t.Fatal(err)
	}
	submit := func(older uint64, path [][]byte, checkpoint []byte) *http.Response {
		response, err := http.Post("http://"+address+"/add-checkpoint", "text/plain",
			bytes.NewReader(request{older, path, checkpoint}.format()))
		if err != nil {
			t.Fatal(err)
		}
		return response
	}
	older := uint64(0)
	for _, newer := range []uint64{1, 2, 3, 7, 8, 9, 100, 255, 256, 257, 511, 512, 513, size, size} {
		text := f_log.Checkpoint{Origin: log.Origin, Size: newer, Hash: mirror.roots[newer]}.Marshal()
		checkpoint := log.Sign(t, int64(newer), tlog.Hash(mirror.roots[newer]))
		if !bytes.HasPrefix(checkpoint, text) {
			t.Fatalf("the library writes\n%s, which was to be signed as\n%s", text, checkpoint)
		}
		path := [][]byte{}
		if older > 0 {
			nodes, err := proof.Consistency(older, newer)
			path = build(t, nodes, err, mirror.node)
		}
		for i := range path {
			wrong := slices.Clone(path)
			wrong[i] = entry.Changed(wrong[i], i)
			refused := submit(older, wrong, checkpoint)
			refused.Body.Close()
			if refused.StatusCode != http.StatusUnprocessableEntity {
				t.Errorf("%d to %d, hash %d changed: %s", older, newer, i, refused.Status)
			}
		}
		cosigned := append(checkpoint, body(t, submit(older, path, checkpoint))...)
		_, _, signed, err := f_log.ParseCheckpoint(cosigned, log.Origin, log.Verifier, verifier)
		if err != nil || len(signed.Sigs) != 2 {
			t.Errorf("%d to %d: %v\n%s", older, newer, err, cosigned)
		}
		older = newer
	}
}
