// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"

	"example.com/publish/candorv1"
)

const payloadType = "application/vnd.in-toto+json"

// releaseStatement is an in-toto Statement: this file is a release of that product.
func releaseStatement(artifact, purl string) ([]byte, error) {
	content, err := os.ReadFile(artifact)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(content)
	return json.Marshal(map[string]any{
		"_type": "https://in-toto.io/Statement/v1",
		"subject": []any{map[string]any{
			"name":   filepath.Base(artifact),
			"digest": map[string]string{"sha256": hex.EncodeToString(digest[:])},
		}},
		"predicateType": "https://in-toto.io/attestation/release/v0.1",
		"predicate":     map[string]string{"purl": purl},
	})
}

// pae is DSSE's pre-authentication encoding: what a signature covers.
func pae(payload []byte) []byte {
	return fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(payloadType), payloadType, len(payload), payload)
}

// sign makes an envelope, signed by the Ed25519 or ECDSA P-256 key in a PEM file.
func sign(payload []byte, keyFile string) (*candorv1.Envelope, error) {
	text, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s is not PEM", keyFile)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%s is no signing key", keyFile)
	}
	message, hash := pae(payload), crypto.Hash(0) // Ed25519 signs the message itself,
	if _, ok := key.(ed25519.PrivateKey); !ok {   // ECDSA its hash.
		digest := sha256.Sum256(message)
		message, hash = digest[:], crypto.SHA256
	}
	signature, err := signer.Sign(rand.Reader, message, hash)
	if err != nil {
		return nil, err
	}
	spki, err := x509.MarshalPKIXPublicKey(signer.Public())
	if err != nil {
		return nil, err
	}
	keyHash := sha256.Sum256(spki) // Names the key to the log, which then need not look for it.
	return &candorv1.Envelope{
		Payload:     payload,
		PayloadType: payloadType,
		Signatures: []*candorv1.EnvelopeSignature{
			{Sig: signature, Keyid: hex.EncodeToString(keyHash[:])},
		},
	}, nil
}
