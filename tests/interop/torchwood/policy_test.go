// SPDX-License-Identifier: Apache-2.0

package torchwood

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"

	"candor/tests/interop/cluster"
)

// policyCase is a trust policy, in which LOG, W1 to W3 stand for the keys that signed and X1, X2,
// OTHER for witnesses and a log that did not.
type policyCase struct {
	name, text string
	verdict    verdict
	// torchwood is known to read it in another way: its verdict is only reported.
	differs bool
}

type verdict string

const (
	accepted verdict = "accepted"
	refused  verdict = "refused"
	invalid  verdict = "invalid" // the policy itself
)

const allWitnesses = "log LOG\nwitness w1 W1\nwitness w2 W2\nwitness w3 W3\n" +
	"witness x1 X1\nwitness x2 X2\n"

var policyCases = []policyCase{
	{name: "no quorum needed", text: "log LOG\nquorum none\n", verdict: accepted},
	{name: "no quorum needed, witnesses named", verdict: accepted,
		text: allWitnesses + "quorum none\n"},
	{name: "one witness", text: allWitnesses + "quorum w2\n", verdict: accepted},
	{name: "one that did not sign", text: allWitnesses + "quorum x1\n", verdict: refused},
	{name: "any", text: allWitnesses + "group g any x1 w1 x2\nquorum g\n", verdict: accepted},
	{name: "any of those that did not", text: allWitnesses + "group g any x1 x2\nquorum g\n",
		verdict: refused},
	{name: "all", text: allWitnesses + "group g all w1 w2 w3\nquorum g\n", verdict: accepted},
	{name: "all but one signed", text: allWitnesses + "group g all w1 w2 w3 x1\nquorum g\n",
		verdict: refused},
	{name: "2 of 5", text: allWitnesses + "group g 2 w1 w2 w3 x1 x2\nquorum g\n", verdict: accepted},
	{name: "3 of 5", text: allWitnesses + "group g 3 x1 w1 x2 w2 w3\nquorum g\n", verdict: accepted},
	{name: "4 of 5", text: allWitnesses + "group g 4 w1 w2 w3 x1 x2\nquorum g\n", verdict: refused},
	{name: "groups of groups", verdict: accepted,
		text: allWitnesses + "group a any w1 x1\ngroup b 2 w2 w3 x2\ngroup c all a b\nquorum c\n"},
	{name: "groups of groups, one not met", verdict: refused,
		text: allWitnesses + "group a all w1 x1\ngroup b 2 w2 w3 x2\ngroup c all a b\nquorum c\n"},
	{name: "a group that is not the quorum", verdict: accepted,
		text: allWitnesses + "group a all w1 x1\ngroup b 1 w2\nquorum b\n"},
	{name: "another log", text: "log OTHER\nwitness w1 W1\nquorum w1\n", verdict: refused},
	{name: "the log's key with another origin", text: "log RENAMED\nquorum none\n", verdict: refused},
	{name: "no log", text: "witness w1 W1\nquorum w1\n", verdict: refused},
	{name: "urls, tabs, spaces, comments", verdict: accepted,
		text: "# who\n\n \t\nlog\tLOG \thttps://log.example/x\n" +
			"  witness w1\t W1 https://w1.example/\t\n\t# comment\nquorum w1\n"},
	{name: "a witness's key is no cosigner's", text: "log LOG\nwitness w1 LOG\nquorum w1\n",
		verdict: invalid},
	{name: "no quorum line", text: "log LOG\nwitness w1 W1\n", verdict: invalid},
	{name: "two quorum lines", verdict: invalid,
		text: "log LOG\nwitness w1 W1\nquorum w1\nquorum w1\n"},
	{name: "unknown quorum", text: "log LOG\nwitness w1 W1\nquorum w2\n", verdict: invalid},
	{name: "unknown member", text: "log LOG\nwitness w1 W1\ngroup g any w1 w2\nquorum g\n",
		verdict: invalid},
	{name: "a name twice", verdict: invalid,
		text: "log LOG\nwitness w1 W1\nwitness w1 W2\nquorum w1\n"},
	{name: "group with a witness's name", text: "log LOG\nwitness w1 W1\ngroup w1 any w1\nquorum w1\n",
		verdict: invalid},
	{name: "threshold 0", text: "log LOG\nwitness w1 W1\ngroup g 0 w1\nquorum g\n", verdict: invalid},
	{name: "threshold too high", text: "log LOG\nwitness w1 W1\ngroup g 2 w1\nquorum g\n",
		verdict: invalid},
	{name: "group without members", text: "log LOG\ngroup g any\nquorum g\n", verdict: invalid},
	{name: "group used before it is defined", verdict: invalid,
		text: "log LOG\nwitness w1 W1\ngroup a any b\ngroup b any w1\nquorum a\n"},
	{name: "unknown keyword", text: "log LOG\nwitnesses w1 W1\nquorum none\n", verdict: invalid},
	{name: "log without a key", text: "log\nquorum none\n", verdict: invalid},
	{name: "damaged key", text: "log LOG\nwitness w1 W1x\nquorum w1\n", verdict: invalid},

	{name: "two logs, one of them signed", differs: true, verdict: accepted,
		text: "log LOG\nlog OTHER\nwitness w1 W1\nquorum w1\n"},
	{name: "quorum before its witness", differs: true, verdict: invalid,
		text: "log LOG\nquorum w1\nwitness w1 W1\n"},
	{name: "a member of two groups", differs: true, verdict: invalid,
		text: allWitnesses + "group a any w1\ngroup b any w1\ngroup c all a b\nquorum c\n"},
	{name: "one key under two names", differs: true, verdict: invalid,
		text: "log LOG\nwitness w1 W1\nwitness again W1\ngroup g all w1 again\nquorum g\n"},
	{name: "a log's key twice", differs: true, verdict: invalid,
		text: "log LOG\nlog LOG\nquorum none\n"},
	{name: "a witness called none", differs: true, verdict: invalid,
		text: "log LOG\nwitness none W1\nquorum none\n"},
	{name: "a comment behind a line", differs: true, verdict: invalid,
		text: "log LOG\nwitness w1 W1 # mine\nquorum w1\n"},
	{name: "carriage returns", differs: true, verdict: invalid,
		text: "log LOG\r\nwitness w1 W1\r\nquorum w1\r\n"},
	{name: "threshold with a sign", differs: true, verdict: invalid,
		text: "log LOG\nwitness w1 W1\ngroup g +1 w1\nquorum g\n"},
	{name: "more words than the line has", differs: true, verdict: invalid,
		text: "log LOG\nwitness w1 W1\nquorum w1 w1\n"},
	{name: "a witness key of a newer type", differs: true, verdict: accepted,
		text: "log LOG\nwitness w1 W1\nwitness new NEWER\nquorum w1\n"},
}

func TestBothReadPoliciesAlike(t *testing.T) {
	c := cluster.Start(t, cluster.Options{Witnesses: 3, Quorum: 3}) // so that all three sign
	r := publish(t, c, c.Enrol("acme.example", prefix), "first.img")
	hash, ok := entryHash(r.proof)
	if !ok {
		t.Fatalf("no entry in the proof:\n%s", r.proof)
	}
	keys := policyKeys(t, c)
	for _, p := range policyCases {
		t.Run(p.name, func(t *testing.T) {
			text := keys.Replace(p.text)
			file := c.Write("case.policy", []byte(text))
			ours := ourVerdict(t, c, r, file)
			if ours != p.verdict {
				t.Errorf("candor: %s, not %s\n%s", ours, p.verdict, text)
			}
			theirs := refused
			if policy, err := torchwood.ParsePolicy([]byte(text)); err != nil {
				theirs = invalid
			} else if torchwood.VerifyProof(policy, hash, r.proof) == nil {
				theirs = accepted
			}
			if p.differs {
				t.Logf("torchwood: %s; the standard and candor: %s", theirs, p.verdict)
			} else if theirs != p.verdict {
				t.Errorf("torchwood: %s, candor: %s\n%s", theirs, ours, text)
			}
		})
	}
}

func ourVerdict(t *testing.T, c *cluster.Cluster, r release, policyFile string) verdict {
	code, explained := c.Candor("policy", "check", policyFile)
	verifyCode, out := r.verify(c, policyFile, r.proofFile)
	switch {
	case code == 0 && verifyCode == 0:
		return accepted
	case code == 0 && verifyCode == 1:
		return refused
	case code != 0 && verifyCode == 2:
		return invalid
	}
	t.Errorf("candor policy check: %d\n%scandor verify: %d\n%s", code, explained, verifyCode, out)
	return ""
}

// policyKeys fills in the keys that the policies name.
func policyKeys(t *testing.T, c *cluster.Cluster) *strings.Replacer {
	_, other, err := note.GenerateKey(rand.Reader, "other.example/log")
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("LOG", c.LogVkey, "OTHER", other, "RENAMED", renamed(t, c.LogVkey),
		"W1", c.Witnesses[0].Vkey, "W2", c.Witnesses[1].Vkey, "W3", c.Witnesses[2].Vkey,
		"X1", cosigner(t, "x1.example"), "X2", cosigner(t, "x2.example"), "NEWER", newerKey())
}

// cosigner is the key of a witness that never signed anything.
func cosigner(t *testing.T, name string) string {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := torchwood.NewCosignatureSigner(name, key)
	if err != nil {
		t.Fatal(err)
	}
	return signer.Verifier().String()
}

// renamed is a log's key under another name.
func renamed(t *testing.T, vkey string) string {
	parts := strings.SplitN(vkey, "+", 3)
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	again, err := note.NewEd25519VerifierKey("renamed.example/log", key[1:])
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// newerKey has the form of an ML-DSA-44 cosigner's key.
func newerKey() string {
	const name = "newer.example"
	key := append([]byte{6}, make([]byte, 1312)...)
	id := sha256.Sum256(append([]byte(name+"\n"), key...))
	return fmt.Sprintf("%s+%x+%s", name, id[:4], base64.StdEncoding.EncodeToString(key))
}
