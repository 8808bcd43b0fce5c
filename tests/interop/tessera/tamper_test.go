// SPDX-License-Identifier: Apache-2.0

package tessera

import (
	"bytes"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/client"

	"candor/tests/interop/cluster"
	"candor/tests/interop/tamper"
)

// position answers where a part of a text begins, seen from its start or its end.
func position(part string, offset int) func([]byte) int {
	return func(body []byte) int { return bytes.Index(body, []byte(part)) + len(part) + offset }
}

// logSignature is the middle of the log's signature: after "— origin ", the key id and more.
func logSignature(c *cluster.Cluster) func([]byte) int {
	return position("\n\n— "+c.Origin+" ", 40)
}

// rootHash is the middle of the root hash in a checkpoint.
func rootHash(body []byte) int {
	return bytes.IndexByte(body, '\n') + bytes.IndexByte(body[bytes.IndexByte(body, '\n')+1:], '\n') +
		1 + 20
}

func at(i int) func([]byte) int { return func([]byte) int { return i } }

func TestOneChangedByteFailsTheirCheck(t *testing.T) {
	c := cluster.Start(t, cluster.Options{Witnesses: 1, Quorum: 1})
	v := c.Enrol("acme.example", prefix)
	c.Grow(v, 600)
	size := c.Size() // two full tiles and a part of a third, two hashes above them
	full, part := size/256, size%256

	cases := map[string]tamper.Change{
		"full tile":          tamper.FlipByte("/tile/0/000", at(5000)),
		"partial tile":       tamper.FlipByte(fmt.Sprintf("/tile/0/%03d.p/%d", full, part), at(70)),
		"tile above":         tamper.FlipByte(fmt.Sprintf("/tile/1/000.p/%d", full), at(40)),
		"entry":              tamper.FlipByte("/tile/entries/001", at(300)),
		"last entry":         tamper.FlipByte(fmt.Sprintf("/tile/entries/%03d.p/%d", full, part), last),
		"root hash":          tamper.SwapBase64("/checkpoint", rootHash),
		"log's signature":    tamper.SwapBase64("/checkpoint", logSignature(c)),
		"tree size":          tamper.FlipByte("/checkpoint", position(c.Origin+"\n", 0)),
		"origin":             tamper.FlipByte("/checkpoint", at(0)),
		"nothing is changed": func(_ string, body []byte) []byte { return body },
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			proxy := tamper.Start(t, c.URL, change)
			err := check(t.Context(), fetcher(t, proxy.URL), c.Origin, verifier(t, c.LogVkey))
			if name == "nothing is changed" {
				if err != nil {
					t.Fatalf("fsck of an honest log: %v", err)
				}
				return
			}
			if proxy.Altered() == 0 {
				t.Fatal("fsck never read what was changed")
			}
			if err == nil {
				t.Fatal("fsck did not see it")
			}
		})
	}
}

func last(body []byte) int { return len(body) - 1 }

// A tile that was changed between two checkpoints makes the log inconsistent for a follower.
func TestTheirTrackerRefusesAnInconsistentLog(t *testing.T) {
	c := cluster.Start(t, cluster.Options{})
	v := c.Enrol("acme.example", prefix)
	c.Grow(v, 300)
	var wrong atomic.Bool
	proxy := tamper.Start(t, c.URL, func(path string, body []byte) []byte {
		if wrong.Load() && path == "/tile/0/001" {
			body[0] ^= 0x01
		}
		return body
	})
	tracker := track(t, fetcher(t, proxy.URL), c)
	old := tracker.Latest()

	c.Grow(v, 300)
	wrong.Store(true)
	_, _, _, err := tracker.Update(t.Context())
	var inconsistent client.ErrInconsistency
	if !errors.As(err, &inconsistent) || proxy.Altered() == 0 {
		t.Fatalf("their tracker went on with %v", err)
	}
	if tracker.Latest().Size != old.Size {
		t.Fatal("their tracker took the inconsistent checkpoint")
	}
	wrong.Store(false)
	if _, _, _, err := tracker.Update(t.Context()); err != nil {
		t.Fatalf("the honest log: %v", err)
	}
}

// Their reading of our trust policy says of our checkpoint what ours says; one changed digit of a
// cosignature and the quorum is not met.
func TestTheirPolicyCountsOurCosignatures(t *testing.T) {
	c := cluster.Start(t, cluster.Options{Witnesses: 2, Quorum: 2})
	policy := fmt.Sprintf("log %s\nwitness w1 %s %s\nwitness w2 %s %s\ngroup g all w1 w2\nquorum g\n",
		c.LogVkey, c.Witnesses[0].Vkey, c.Witnesses[0].URL, c.Witnesses[1].Vkey, c.Witnesses[1].URL)
	group, err := tessera.NewWitnessGroupFromPolicy([]byte(policy))
	if err != nil {
		t.Fatalf("they can not read our policy: %v", err)
	}
	checkpoint := c.Fetch("/checkpoint")
	if !group.Satisfied(checkpoint) {
		t.Fatalf("they do not count our witnesses' cosignatures:\n%s", checkpoint)
	}
	for _, w := range c.Witnesses {
		changed := tamper.SwapBase64("", position("\n— "+w.Name+" ", 60))("", bytes.Clone(checkpoint))
		if bytes.Equal(changed, checkpoint) || group.Satisfied(changed) {
			t.Errorf("they count a changed cosignature of %s", w.Name)
		}
	}
}
