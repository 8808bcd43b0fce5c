// SPDX-License-Identifier: Apache-2.0

// Package entry writes canonical entries, envelopes and proof files from their description in
// docs/formats.md alone, independently of our own programs, which then have to accept them.
package entry

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"slices"
	"testing"
)

// PayloadType of in-toto statements in DSSE.
const PayloadType = "application/vnd.in-toto+json"

// Key is an Ed25519 signing key.
type Key struct {
	private ed25519.PrivateKey
	spki    []byte
}

// NewKey makes the key that belongs to a name: the same one every time.
func NewKey(t testing.TB, name string) Key {
	t.Helper()
	seed := sha256.Sum256([]byte("key of " + name))
	private := ed25519.NewKeyFromSeed(seed[:])
	spki, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	return Key{private, spki}
}

// Hash is the SHA-256 of the key's SubjectPublicKeyInfo.
func (k Key) Hash() [32]byte { return sha256.Sum256(k.spki) }

// WriteFiles writes the private key to `path` and the public one to `path`.pub, as PEM.
func (k Key) WriteFiles(t testing.TB, path string) {
	t.Helper()
	pkcs8, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		path:          {Type: "PRIVATE KEY", Bytes: pkcs8},
		path + ".pub": {Type: "PUBLIC KEY", Bytes: k.spki},
	} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Release is the in-toto statement that a file, known by its content, is a release of a product.
func Release(t testing.TB, name string, content []byte, purl string) []byte {
	t.Helper()
	digest := sha256.Sum256(content)
	statement, err := json.Marshal(map[string]any{
		"_type": "https://in-toto.io/Statement/v1",
		"subject": []any{map[string]any{
			"name": name, "digest": map[string]string{"sha256": hex.EncodeToString(digest[:])}}},
		"predicateType": "https://in-toto.io/attestation/release/v0.1",
		"predicate":     map[string]string{"purl": purl},
	})
	if err != nil {
		t.Fatal(err)
	}
	return statement
}

// PAE is DSSE's pre-authentication encoding: what is signed.
func PAE(payloadType string, payload []byte) []byte {
	return fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(payloadType), payloadType, len(payload), payload)
}

// Envelope is the DSSE envelope of a statement, signed by the keys.
func Envelope(t testing.TB, payload []byte, keys ...Key) []byte {
	t.Helper()
	signatures := []any{}
	for _, key := range keys {
		hash := key.Hash()
		signatures = append(signatures, map[string]string{
			"keyid": hex.EncodeToString(hash[:]),
			"sig": base64.StdEncoding.EncodeToString(
				ed25519.Sign(key.private, PAE(PayloadType, payload))),
		})
	}
	envelope, err := json.Marshal(map[string]any{
		"payloadType": PayloadType,
		"payload":     base64.StdEncoding.EncodeToString(payload),
		"signatures":  signatures,
	})
	if err != nil {
		t.Fatal(err)
	}
	return envelope
}

// Encode is the canonical entry of a statement, signed by the keys, with the payload inline.
func Encode(payload []byte, keys ...Key) []byte {
	pae := PAE(PayloadType, payload)
	digest, id := sha256.Sum256(payload), sha256.Sum256(pae)
	out := []byte{1, 1}
	out = binary.BigEndian.AppendUint16(out, uint16(len(PayloadType)))
	out = append(out, PayloadType...)
	out = binary.BigEndian.AppendUint64(out, uint64(len(payload)))
	out = append(append(out, digest[:]...), id[:]...)
	out = append(out, byte(len(keys)))
	ascending := slices.SortedFunc(slices.Values(keys), func(a, b Key) int {
		x, y := a.Hash(), b.Hash()
		return bytes.Compare(x[:], y[:])
	})
	for _, key := range ascending {
		hash := key.Hash()
		out = append(append(out, 2), hash[:]...)
		out = binary.BigEndian.AppendUint16(out, ed25519.SignatureSize)
		out = append(out, ed25519.Sign(key.private, pae)...)
	}
	return append(out, payload...)
}

// Proof is a tlog-proof file whose extra line carries the entry.
func Proof[H ~[32]byte](index int64, path []H, checkpoint, entry []byte) []byte {
	extra := append([]byte{1}, entry...)
	out := fmt.Appendf(nil, "c2sp.org/tlog-proof@v1\nextra %s\nindex %d\n",
		base64.StdEncoding.EncodeToString(extra), index)
	for _, hash := range path {
		out = fmt.Appendf(out, "%s\n", base64.StdEncoding.EncodeToString(hash[:]))
	}
	return append(append(out, '\n'), checkpoint...)
}

// Bundle cuts an entry bundle (C2SP tlog-tiles) into its entries.
func Bundle(t testing.TB, bundle []byte) [][]byte {
	t.Helper()
	entries := [][]byte{}
	for len(bundle) > 0 {
		if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
			t.Fatalf("an entry bundle ends within entry %d", len(entries))
		}
		size := 2 + int(binary.BigEndian.Uint16(bundle))
		entries = append(entries, bundle[2:size])
		bundle = bundle[size:]
	}
	return entries
}

// Changed is a copy in which one bit of the byte at `at` is different; a negative `at` counts from
// the end.
func Changed(content []byte, at int) []byte {
	if at < 0 {
		at += len(content)
	}
	out := slices.Clone(content)
	out[at] ^= 1
	return out
}

// Redigit is a copy in which one base64 digit, not the padding, stands for other bits; with `unused`
// only for bits that padded base64 has no use for, so that a lenient reader decodes the same.
func Redigit(t testing.TB, content []byte, at int, unused bool) []byte {
	t.Helper()
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	value := bytes.IndexByte([]byte(digits), content[at])
	if value < 0 {
		t.Fatalf("byte %d is no base64 digit: %q", at, content)
	}
	out := slices.Clone(content)
	if out[at] = digits[value^32]; unused {
		out[at] = digits[value^1]
	}
	return out
}
