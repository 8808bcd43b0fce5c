// SPDX-License-Identifier: Apache-2.0

package dsse

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
	"testing"

	dsselib "github.com/secure-systems-lab/go-securesystemslib/dsse"
)

// Signature of an entry: of 64 bytes, by the key of that hash.
type Signature struct {
	Algorithm byte
	KeyHash   string
	Bytes     []byte
}

// Entry is a leaf of the log, read by docs/formats.md alone.
type Entry struct {
	PayloadType string
	Payload     []byte
	StatementID [32]byte
	Signatures  []Signature
}

const (
	ecdsaP256 = 1
	ed25519   = 2
)

// ParseEntry reads an entry with an inline payload, to its last byte.
func ParseEntry(encoded []byte) (*Entry, error) {
	r := bufio.NewReader(bytes.NewReader(encoded))
	var head struct {
		Version, Flags byte
		TypeLength     uint16
	}
	if err := binary.Read(r, binary.BigEndian, &head); err != nil {
		return nil, err
	}
	if head.Version != 1 || head.Flags != 1 {
		return nil, fmt.Errorf("version %d, flags %d", head.Version, head.Flags)
	}
	payloadType := make([]byte, head.TypeLength)
	var middle struct {
		PayloadLength              uint64
		PayloadDigest, StatementID [32]byte
		Count                      byte
	}
	if _, err := io.ReadFull(r, payloadType); err != nil {
		return nil, err
	}
	if err := binary.Read(r, binary.BigEndian, &middle); err != nil {
		return nil, err
	}
	entry := &Entry{PayloadType: string(payloadType), StatementID: middle.StatementID}
	for range middle.Count {
		signature, err := readSignature(r)
		if err != nil {
			return nil, err
		}
		entry.Signatures = append(entry.Signatures, signature)
	}
	var err error
	if entry.Payload, err = io.ReadAll(r); err != nil {
		return nil, err
	}
	if uint64(len(entry.Payload)) != middle.PayloadLength ||
		sha256.Sum256(entry.Payload) != middle.PayloadDigest {
		return nil, errors.New("the payload has not the length and digest that the entry says")
	}
	if sha256.Sum256(dsselib.PAE(entry.PayloadType, entry.Payload)) != middle.StatementID {
		return nil, errors.New("the statement id is not the digest of the library's encoding")
	}
	return entry, nil
}

func readSignature(r io.Reader) (Signature, error) {
	var head struct {
		Algorithm byte
		KeyHash   [32]byte
		Length    uint16
	}
	if err := binary.Read(r, binary.BigEndian, &head); err != nil {
		return Signature{}, err
	}
	signature := make([]byte, head.Length)
	if _, err := io.ReadFull(r, signature); err != nil {
		return Signature{}, err
	}
	return Signature{head.Algorithm, hex.EncodeToString(head.KeyHash[:]), signature}, nil
}

// Envelope is what the entry says, as an envelope that the library reads: it takes ECDSA as DER.
func (e *Entry) Envelope(t testing.TB) *dsselib.Envelope {
	t.Helper()
	envelope := &dsselib.Envelope{PayloadType: e.PayloadType,
		Payload: base64.StdEncoding.EncodeToString(e.Payload)}
	for _, signature := range e.Signatures {
		raw := signature.Bytes
		if signature.Algorithm == ecdsaP256 {
			raw = toDER(t, raw)
		}
		envelope.Signatures = append(envelope.Signatures, dsselib.Signature{KeyID: signature.KeyHash,
			Sig: base64.StdEncoding.EncodeToString(raw)})
	}
	return envelope
}

func toDER(t testing.TB, raw []byte) []byte {
	t.Helper()
	if len(raw) != 64 {
		t.Fatalf("an ECDSA signature of %d bytes", len(raw))
	}
	der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:32]),
		new(big.Int).SetBytes(raw[32:])})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// EntryOfProof is the entry in the extra line of one of our tlog-proof files.
func EntryOfProof(t testing.TB, proof []byte) *Entry {
	t.Helper()
	for _, line := range strings.Split(string(proof), "\n") {
		text, found := strings.CutPrefix(line, "extra ")
		if !found {
			continue
		}
		extra, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(extra) == 0 || extra[0] != 1 {
			t.Fatalf("the extra line holds no entry: %v %.16x", err, extra)
		}
		entry, err := ParseEntry(extra[1:])
		if err != nil {
			t.Fatalf("the entry of the proof: %v", err)
		}
		return entry
	}
	t.Fatalf("the proof has no extra line:\n%s", proof)
	return nil
}
