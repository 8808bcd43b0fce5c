// SPDX-License-Identifier: Apache-2.0

// Package dsse lets the envelope library of the DSSE authors and the official in-toto types make
// what our log takes and check what our programs make. Other suites use it to have something to
// submit.
package dsse

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"os"
	"testing"

	dsselib "github.com/secure-systems-lab/go-securesystemslib/dsse"
	"github.com/secure-systems-lab/go-securesystemslib/signerverifier"
)

// PayloadType is in-toto's.
const PayloadType = "application/vnd.in-toto+json"

// Key is a key pair as the library reads it from our PEM file.
type Key struct {
	dsselib.SignerVerifier
	File string
	Hash string // the key hash: hex SHA-256 of the SubjectPublicKeyInfo
}

// LoadKey reads a PEM private key (PKCS#8) as `candor keygen` makes it.
func LoadKey(t testing.TB, file string) Key {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	key, err := signerverifier.LoadKey(text)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	signer, err := newSigner(key)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	spki, err := x509.MarshalPKIXPublicKey(signer.Public())
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	digest := sha256.Sum256(spki)
	return Key{SignerVerifier: signer, File: file, Hash: hex.EncodeToString(digest[:])}
}

func newSigner(key *signerverifier.SSLibKey) (dsselib.SignerVerifier, error) {
	if key.KeyType == signerverifier.ECDSAKeyType {
		return signerverifier.NewECDSASignerVerifierFromSSLibKey(key)
	}
	return signerverifier.NewED25519SignerVerifierFromSSLibKey(key)
}

// Named is the key with another key id; "" for none.
func (k Key) Named(keyID string) Key {
	k.SignerVerifier = named{k.SignerVerifier, keyID}
	return k
}

type named struct {
	dsselib.SignerVerifier
	keyID string
}

func (n named) KeyID() (string, error) { return n.keyID, nil }

// Sign has the library sign a payload with every key.
func Sign(t testing.TB, payload []byte, keys ...Key) *dsselib.Envelope {
	t.Helper()
	signers := make([]dsselib.Signer, 0, len(keys))
	for _, key := range keys {
		signers = append(signers, key)
	}
	signer, err := dsselib.NewEnvelopeSigner(signers...)
	if err != nil {
		t.Fatal(err)
	}
	envelope, err := signer.SignPayload(context.Background(), PayloadType, payload)
	if err != nil {
		t.Fatal(err)
	}
	return envelope
}

// Verify has the library check that every key signed the envelope, and answers the payload.
func Verify(t testing.TB, envelope *dsselib.Envelope, keys ...Key) []byte {
	t.Helper()
	payload, err := verify(envelope, keys...)
	if err != nil {
		t.Fatalf("the library refuses the envelope: %v", err)
	}
	return payload
}

func verify(envelope *dsselib.Envelope, keys ...Key) ([]byte, error) {
	verifiers := make([]dsselib.Verifier, 0, len(keys))
	for _, key := range keys {
		// Key ids differ between the two worlds; the signature decides.
		verifiers = append(verifiers, key.Named(key.Hash))
	}
	verifier, err := dsselib.NewMultiEnvelopeVerifier(len(keys), verifiers...)
	if err != nil {
		return nil, err
	}
	_, payload, err := verifier.VerifyAndDecode(context.Background(), envelope)
	return payload, err
}
