// SPDX-License-Identifier: Apache-2.0

package torchwood

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"filippo.io/torchwood"

	"candor/tests/interop/cluster"
	"candor/tests/interop/tamper"
)

const liteName = "lite.example/w"

// bothPolicy asks for litewitness, at `url`, and for our own witness.
func bothPolicy(c *cluster.Cluster, lite *liteWitness, url string) string {
	return fmt.Sprintf("log %s\nwitness lite %s %s\nwitness w1 %s %s\n", c.LogVkey, lite.vkey, url,
		c.Witnesses[0].Vkey, c.Witnesses[0].URL) + "group both all lite w1\nquorum both\n"
}

// startWithLite starts a log with our witness and litewitness, both needed.
func startWithLite(t *testing.T) (*cluster.Cluster, *liteWitness) {
	var lite *liteWitness
	c := cluster.Start(t, cluster.Options{Witnesses: 1, Policy: func(c *cluster.Cluster) string {
		if lite == nil {
			lite = newLiteWitness(t, liteName, c.LogVkey)
			lite.start(t)
		}
		return bothPolicy(c, lite, lite.url)
	}})
	return c, lite
}

// publishCommand is the `candor publish` of a new artifact.
func publishCommand(c *cluster.Cluster, v cluster.Vendor, name string) []string {
	artifact := c.Write(name, []byte("firmware "+name))
	return []string{"publish", artifact, "--purl", purl, "--key", v.KeyFile, "--log", c.URL,
		"--policy", c.PolicyFile}
}

func TestLitewitnessCosignsOurLog(t *testing.T) {
	c, lite := startWithLite(t)
	v := c.Enrol("acme.example", prefix)
	first := publish(t, c, v, "first.img")
	only := c.Write("only-lite.policy",
		fmt.Appendf(nil, "log %s\nwitness lite %s\nquorum lite\n", c.LogVkey, lite.vkey))
	if code, out := first.verify(c, only, first.proofFile); code != 0 {
		t.Fatalf("candor verify does not count litewitness: %d\n%s", code, out)
	}
	stranger := newLiteWitness(t, liteName)
	other := c.Write("other.policy",
		fmt.Appendf(nil, "log %s\nwitness lite %s\nquorum lite\n", c.LogVkey, stranger.vkey))
	if code, out := first.verify(c, other, first.proofFile); code != 1 {
		t.Fatalf("another key of the same name was counted: %d\n%s", code, out)
	}

	// Growth, with proofs of every kind of size.
	for _, n := range []int{1, 2, 250, 3, 300} {
		c.Grow(v, n)
	}
	if known := lite.logs(t)[c.Origin]; known.Size < c.Size() {
		t.Fatalf("published at size %d, litewitness is at %d", c.Size(), known.Size)
	}
	last := publish(t, c, v, "last.img")
	policy := parsePolicy(t, bothPolicy(c, lite, lite.url))
	hash, ok := entryHash(last.proof)
	if !ok || torchwood.VerifyProof(policy, hash, last.proof) != nil {
		t.Fatalf("torchwood does not verify what litewitness cosigned:\n%s", last.proof)
	}
}

func TestPublishingNeedsLitewitness(t *testing.T) {
	c, lite := startWithLite(t)
	v := c.Enrol("acme.example", prefix)
	lite.program.Stop()
	late := publishCommand(c, v, "late.img")
	if code, out := c.Candor(append(late, "--timeout", "2s")...); code != 2 {
		t.Fatalf("published without the quorum: %d\n%s", code, out)
	}
	lite.start(t)
	c.MustCandor(late...)

	// The log started anew, and both started anew.
	c.Log.Stop()
	c.StartLog()
	publish(t, c, v, "second.img")
	c.Log.Stop()
	lite.program.Stop()
	lite.start(t)
	c.StartLog()
	publish(t, c, v, "third.img")
}

// A witness that the log learns of when it has grown already.
func TestLitewitnessJoinsLater(t *testing.T) {
	var lite *liteWitness
	c := cluster.Start(t, cluster.Options{Witnesses: 1, Policy: func(c *cluster.Cluster) string {
		if lite == nil {
			return fmt.Sprintf("log %s\nquorum none\n", c.LogVkey)
		}
		return bothPolicy(c, lite, lite.url)
	}})
	v := c.Enrol("acme.example", prefix)
	c.Grow(v, 300)
	c.Log.Stop()
	lite = newLiteWitness(t, liteName, c.LogVkey)
	lite.start(t)
	c.StartLog()
	publish(t, c, v, "first.img")
}

// A log list, as witness networks publish it, with our log's key.
func TestWitnessctlReadsALogListWithOurKey(t *testing.T) {
	c := cluster.Start(t, cluster.Options{NoLog: true})
	list := filepath.Join(t.TempDir(), "logs")
	text := fmt.Sprintf("logs/v0\n\nvkey %s\nqpd 86400\ncontact https://log.example\n", c.LogVkey)
	if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	lite := newLiteWitness(t, liteName)
	cluster.MustRun(t, program(t, "witnessctl"), "pull-logs", "-db", lite.database, "-source", list,
		"-verbose")
	known, found := lite.logs(t)[c.Origin]
	if !found || len(known.Keys) != 1 || known.Keys[0] != c.LogVkey {
		t.Fatalf("witnessctl does not know our log: %+v", known)
	}
}

// One changed digit of litewitness's cosignature, on its way to the log: nothing is published with
// it, and the honest one is taken afterwards.
func TestAChangedCosignatureIsNotPublished(t *testing.T) {
	var lite *liteWitness
	var proxy *tamper.Proxy
	var wrong atomic.Bool
	c := cluster.Start(t, cluster.Options{Witnesses: 1, Policy: func(c *cluster.Cluster) string {
		lite = newLiteWitness(t, liteName, c.LogVkey)
		lite.start(t)
		middle := func(body []byte) int { return len(body) / 2 }
		proxy = tamper.Start(t, lite.url, func(path string, body []byte) []byte {
			if wrong.Load() && strings.HasPrefix(string(body), "— "+liteName) {
				return tamper.SwapBase64("/add-checkpoint", middle)(path, body)
			}
			return body
		})
		return bothPolicy(c, lite, proxy.URL)
	}})
	v := c.Enrol("acme.example", prefix)
	publish(t, c, v, "first.img")
	size := c.Size()

	wrong.Store(true)
	second := publishCommand(c, v, "second.img")
	if code, out := c.Candor(append(second, "--timeout", "2s")...); code != 2 {
		t.Fatalf("published with a changed cosignature: %d\n%s", code, out)
	}
	c.WaitUntil(func() bool { return proxy.Altered() > 0 })
	if now := c.Size(); now != size {
		t.Fatalf("the published tree grew from %d to %d", size, now)
	}
	wrong.Store(false)
	c.MustCandor(second...)
}
