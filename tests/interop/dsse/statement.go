// SPDX-License-Identifier: Apache-2.0

package dsse

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"testing"

	release "github.com/in-toto/attestation/go/predicates/release/v0"
	intoto "github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	dsselib "github.com/secure-systems-lab/go-securesystemslib/dsse"
)

// ReleaseType is the predicate type of a release.
const ReleaseType = "https://in-toto.io/attestation/release/v0.1"

// Subject is a file of that content.
func Subject(name string, content []byte) *intoto.ResourceDescriptor {
	digest := sha256.Sum256(content)
	return &intoto.ResourceDescriptor{Name: name,
		Digest: map[string]string{"sha256": hex.EncodeToString(digest[:])}}
}

// Statement has the official types write a statement, after they have checked it.
func Statement(t testing.TB, predicateType string, predicate proto.Message,
	subjects ...*intoto.ResourceDescriptor) []byte {
	t.Helper()
	text, err := protojson.Marshal(predicate)
	if err != nil {
		t.Fatal(err)
	}
	fields := &structpb.Struct{}
	if err := protojson.Unmarshal(text, fields); err != nil {
		t.Fatal(err)
	}
	statement := &intoto.Statement{Type: intoto.StatementTypeUri, Subject: subjects,
		PredicateType: predicateType, Predicate: fields}
	if err := statement.Validate(); err != nil {
		t.Fatalf("the library refuses its own statement: %v", err)
	}
	payload, err := protojson.Marshal(statement)
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// Release is a statement that a file is a release.
func Release(t testing.TB, purl string) []byte {
	t.Helper()
	return Statement(t, ReleaseType, &release.Release{Purl: purl}, Subject("artifact", []byte(purl)))
}

// ParseStatement has the official types read and check a statement.
func ParseStatement(t testing.TB, payload []byte) *intoto.Statement {
	t.Helper()
	statement := &intoto.Statement{}
	if err := protojson.Unmarshal(payload, statement); err != nil {
		t.Fatalf("the library does not read the statement: %v\n%s", err, payload)
	}
	if err := statement.Validate(); err != nil {
		t.Fatalf("the library refuses the statement: %v\n%s", err, payload)
	}
	return statement
}

// JSON is the envelope as the library writes it.
func JSON(t testing.TB, envelope *dsselib.Envelope) []byte {
	t.Helper()
	text, err := json.Marshal(envelope)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
