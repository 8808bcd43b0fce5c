// SPDX-License-Identifier: Apache-2.0

package dsse

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"net"
	"os"
	"testing"

	"candor/tests/interop/gen/candorpb"

	dsselib "github.com/secure-systems-lab/go-securesystemslib/dsse"
)

// What `candor attest` writes is a statement, and what `candor publish` signs an envelope, to the
// official libraries; and so is what the proof that it leaves behind holds.
func TestOurStatementsAndEnvelopesAreTheirs(t *testing.T) {
	f := start(t)
	for _, key := range []Key{f.ed25519, f.ecdsa} {
		purl := f.nextPurl()
		artifact := f.Write("artifact-"+key.Hash[:8], []byte(purl))
		statement := artifact + ".json"
		f.MustCandor("attest", "release", "--artifact", artifact, "--purl", purl, "--out", statement)
		text, err := os.ReadFile(statement)
		if err != nil {
			t.Fatal(err)
		}
		ParseStatement(t, text)

		// Nobody listens there: the signed envelope stays behind.
		if code, out := f.Candor("publish", artifact, "--statement", statement, "--key", key.File,
			"--log", "http://"+closedPort(t), "--timeout", "1s"); code != 2 {
			t.Fatalf("exit code %d\n%s", code, out)
		}
		var envelope dsselib.Envelope
		spool, err := os.ReadFile(artifact + ".dsse.json")
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(spool, &envelope); err != nil {
			t.Fatal(err)
		}
		payload := Verify(t, &envelope, key)
		if !bytes.Equal(bytes.TrimSpace(payload), bytes.TrimSpace(text)) {
			t.Fatalf("signed was another statement:\n%s\n%s", payload, text)
		}
		testChangesAreNoticed(t, &envelope, key)

		f.MustCandor("publish", artifact, "--statement", statement, "--key", key.File, "--log", f.URL,
			"--policy", f.PolicyFile)
		proof, err := os.ReadFile(artifact + ".tlog-proof")
		if err != nil {
			t.Fatal(err)
		}
		f.check(t, EntryOfProof(t, proof), payload, key)
	}
}

// closedPort is a loopback address on which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// The library's check can fail: for every changed bit of a sample of the payload, of the payload's
// type, and of the signature.
func testChangesAreNoticed(t *testing.T, envelope *dsselib.Envelope, key Key) {
	t.Helper()
	flip := func(text string, at int) string {
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		raw[at%len(raw)] ^= 1
		return base64.StdEncoding.EncodeToString(raw)
	}
	for at := 0; at < 128; at += 5 {
		changed := *envelope
		changed.Payload = flip(envelope.Payload, at)
		if _, err := verify(&changed, key); err == nil {
			t.Fatalf("byte %d of the payload was changed, and the library accepts it", at)
		}
		changed = *envelope
		changed.Signatures = []dsselib.Signature{{KeyID: envelope.Signatures[0].KeyID,
			Sig: flip(envelope.Signatures[0].Sig, at)}}
		if _, err := verify(&changed, key); err == nil {
			t.Fatalf("byte %d of the signature was changed, and the library accepts it", at)
		}
	}
	changed := *envelope
	changed.PayloadType += "x"
	if _, err := verify(&changed, key); err == nil {
		t.Fatal("the payload's type was changed, and the library accepts it")
	}
}

// The registry's entries are statements in signed envelopes too: the log's configuration, signed by
// its registrar, and the participant's keys, signed by the registrar and by each key.
func TestRegistryEntriesAreStatements(t *testing.T) {
	f := start(t)
	registrar := LoadKey(t, f.Path("log/keys/registrar.key"))
	root := LoadKey(t, f.Path("acme.example-root.key"))
	signers := [][]Key{{registrar}, {registrar, root, f.ed25519, f.ecdsa}}
	for index, keys := range signers {
		response, err := f.client.GetEntry(context.Background(), &candorpb.GetEntryRequest{
			Entry: &candorpb.GetEntryRequest_Index{Index: uint64(index)}})
		if err != nil {
			t.Fatal(err)
		}
		entry, err := ParseEntry(response.GetEntry())
		if err != nil {
			t.Fatal(err)
		}
		f.check(t, entry, entry.Payload, keys...)
	}
}

// The other way round for the log: one changed byte in what the library signed is refused.
func TestTheLogNoticesChangedEnvelopes(t *testing.T) {
	f := start(t)
	for _, key := range []Key{f.ed25519, f.ecdsa} {
		envelope := Sign(t, Release(t, f.nextPurl()), key.Named(key.Hash))
		raw, err := base64.StdEncoding.DecodeString(envelope.Signatures[0].Sig)
		if err != nil {
			t.Fatal(err)
		}
		for at := 0; at < len(raw); at += 7 {
			changed := bytes.Clone(raw)
			changed[at] ^= 0x10
			envelope.Signatures[0].Sig = base64.StdEncoding.EncodeToString(changed)
			_, err := postAdd(t, f, JSON(t, envelope))
			want := refusal{"PERMISSION_DENIED", "SIGNATURE_INVALID"}
			if got, is := err.(*refusal); !is || *got != want {
				t.Fatalf("byte %d of the signature was changed: %v", at, err)
			}
		}
	}
}
