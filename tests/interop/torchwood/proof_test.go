// SPDX-License-Identifier: Apache-2.0

package torchwood

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/tlog"

	"candor/tests/interop/cluster"
	"candor/tests/interop/tamper"
)

func TestTheyVerifyOurProofs(t *testing.T) {
	c := cluster.Start(t, cluster.Options{Witnesses: 3, Quorum: 2})
	v := c.Enrol("acme.example", prefix)
	policy := parsePolicy(t, string(read(t, c.PolicyFile)))
	for i, n := range []int{1, 6, 250, 40} { // indexes on both sides of a tile's end
		r := publish(t, c, v, fmt.Sprintf("image%d.img", i))
		hash, ok := entryHash(r.proof)
		if !ok {
			t.Fatalf("no entry in the proof:\n%s", r.proof)
		}
		if err := torchwood.VerifyProof(policy, hash, r.proof); err != nil {
			t.Fatalf("proof %d: %v\n%s", i, err, r.proof)
		}
		var wrong *torchwood.VerifyRecordError
		if err := torchwood.VerifyProof(policy, tlog.RecordHash(nil), r.proof); err == nil {
			t.Fatal("torchwood took our proof for another entry")
		} else if !asRecordError(err, &wrong) {
			t.Fatalf("not an answer about the record: %v", err)
		}
		c.Grow(v, n)
	}
}

func asRecordError(err error, to **torchwood.VerifyRecordError) (is bool) {
	*to, is = err.(*torchwood.VerifyRecordError)
	return is
}

// One digit of each part of a proof changed: neither side accepts it.
func TestNobodyVerifiesAChangedProof(t *testing.T) {
	c := cluster.Start(t, cluster.Options{Witnesses: 2, Quorum: 2})
	v := c.Enrol("acme.example", prefix)
	c.Grow(v, 5)
	r := publish(t, c, v, "first.img")
	text := read(t, c.PolicyFile)
	policy := parsePolicy(t, string(text))
	for name, at := range proofParts(t, c, r.proof) {
		t.Run(name, func(t *testing.T) {
			changed := tamper.SwapBase64("", func([]byte) int { return at })("", bytes.Clone(r.proof))
			hash, ok := entryHash(changed)
			if ok && torchwood.VerifyProof(policy, hash, changed) == nil {
				t.Error("torchwood did not see it")
			}
			file := c.Write("changed.tlog-proof", changed)
			if code, out := r.verify(c, c.PolicyFile, file); code == 0 {
				t.Errorf("candor did not see it:\n%s", out)
			}
		})
	}
}

// proofParts is the place of one byte in each part of a proof.
func proofParts(t *testing.T, c *cluster.Cluster, proof []byte) map[string]int {
	parts := map[string]int{"header": 3}
	find := func(name, before string, offset int) {
		i := bytes.Index(proof, []byte(before))
		if i < 0 {
			t.Fatalf("%q is not in the proof:\n%s", before, proof)
		}
		parts[name] = i + len(before) + offset
	}
	find("format byte", "extra ", 0)
	find("entry", "extra ", 120)
	find("index", "\nindex ", 0)
	index := bytes.Index(proof, []byte("\nindex "))
	parts["first hash"] = index + 1 + bytes.IndexByte(proof[index+1:], '\n') + 1 + 20
	find("origin", "\n\n", 2)
	find("size", "\n\n"+c.Origin+"\n", 0)
	size := bytes.Index(proof, []byte("\n\n"+c.Origin+"\n")) + len("\n\n"+c.Origin+"\n")
	parts["root hash"] = size + bytes.IndexByte(proof[size:], '\n') + 1 + 20
	find("log's signature", "\n— "+c.Origin+" ", 50)
	for _, w := range c.Witnesses {
		find("cosignature of "+w.Name, "\n— "+w.Name+" ", 50)
		find("time of "+w.Name, "\n— "+w.Name+" ", 12)
	}
	return parts
}

// Proofs that their library makes, of our log's entries and of a log of their own.
func TestWeReadTheirProofs(t *testing.T) {
	c := cluster.Start(t, cluster.Options{Witnesses: 2, Quorum: 2})
	v := c.Enrol("acme.example", prefix)
	c.Grow(v, 30)
	r := publish(t, c, v, "first.img")
	index := int64(indexOf(t, r.proof))
	c.Grow(v, 300) // their proof is one at a later checkpoint than ours

	client, tree, checkpoint := readLog(t, c, c.URL)
	entry, path, err := client.Entry(context.Background(), tree, index)
	if err != nil {
		t.Fatal(err)
	}
	extra := append([]byte{1}, entry...)
	proof := torchwood.FormatProofWithExtraData(index, extra, path, checkpoint)
	file := c.Write("theirs.tlog-proof", proof)
	if code, out := r.verify(c, c.PolicyFile, file); code != 0 {
		t.Fatalf("candor verify refuses their proof: %d\n%s\n%s", code, out, proof)
	}
	shown := c.MustCandor("show", file)
	for _, part := range []string{c.Origin, purl, fmt.Sprint(index)} {
		if !strings.Contains(shown, part) {
			t.Errorf("candor show says nothing of %q:\n%s", part, shown)
		}
	}
	bare := c.Write("bare.tlog-proof", torchwood.FormatProof(index, path, checkpoint))
	if code, out := r.verify(c, c.PolicyFile, bare); code == 0 {
		t.Errorf("verified without the entry:\n%s", out)
	}
	if shown := c.MustCandor("show", bare); !strings.Contains(shown, c.Origin) {
		t.Errorf("candor show:\n%s", shown)
	}

	theirs := newTheirLog(t, "torchwood.example/log")
	theirs.grow(t, 77, "")
	record, err := tlog.ProveRecord(77, 42, theirs)
	if err != nil {
		t.Fatal(err)
	}
	foreign := c.Write("foreign.tlog-proof",
		torchwood.FormatProof(42, record, []byte(theirs.checkpoint(t, 77))))
	if shown := c.MustCandor("show", foreign); !strings.Contains(shown, theirs.origin) ||
		!strings.Contains(shown, "42") || !strings.Contains(shown, "77") {
		t.Errorf("candor show of a proof of their own log:\n%s", shown)
	}
}

func indexOf(t *testing.T, proof []byte) (index int) {
	at := bytes.Index(proof, []byte("\nindex "))
	if _, err := fmt.Sscanf(string(proof[at:]), "\nindex %d\n", &index); err != nil {
		t.Fatalf("%v in\n%s", err, proof)
	}
	return index
}
