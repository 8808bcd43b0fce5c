// SPDX-License-Identifier: Apache-2.0

package dsse

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"candor/tests/interop/cluster"
	"candor/tests/interop/gen/candorpb"

	dsselib "github.com/secure-systems-lab/go-securesystemslib/dsse"
)

const prefix = "pkg:generic/acme.example/"

// fixture is a log with one witness and a vendor with a key of each algorithm.
type fixture struct {
	*cluster.Cluster
	ed25519, ecdsa Key
	client         candorpb.LogServiceClient
	releases       int
}

func start(t *testing.T, flags ...string) *fixture {
	t.Helper()
	f := &fixture{Cluster: cluster.Start(t, cluster.Options{Witnesses: 1, Quorum: 1,
		LogFlags: []string{"--checkpoint-interval", "5ms"}})}
	second := f.Keygen("second.key", "ecdsa-p256")
	vendor := f.Enrol("acme.example", prefix, append(flags, "--signing-key", second)...)
	f.ed25519, f.ecdsa = LoadKey(t, vendor.KeyFile), LoadKey(t, second)
	connection, err := grpc.NewClient(f.GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	f.client = candorpb.NewLogServiceClient(connection)
	return f
}

// nextPurl names a product version that was not released yet.
func (f *fixture) nextPurl() string {
	f.releases++
	return fmt.Sprintf("%scam@%d", prefix, f.releases)
}

// refusal is how the log says no: its canonical code in words and the machine-readable reason.
type refusal struct{ Code, Reason string }

func (r *refusal) Error() string { return r.Code + " " + r.Reason }

// transport submits an envelope and answers the tlog-proof, or a *refusal.
type transport func(t *testing.T, f *fixture, envelope []byte) ([]byte, error)

var transports = map[string]transport{
	"http":  postAdd,
	"json":  addJSON,
	"parts": addParts,
}

func postAdd(t *testing.T, f *fixture, envelope []byte) ([]byte, error) {
	return post(t, f, "/add", envelope)
}

func post(t *testing.T, f *fixture, path string, envelope []byte) ([]byte, error) {
	t.Helper()
	response, err := f.HTTP.Post(f.URL+path, "application/json", bytes.NewReader(envelope))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode == http.StatusOK {
		return body, nil
	}
	var answer struct{ Error refusal }
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatalf("status %d with %q: %v", response.StatusCode, body, err)
	}
	return nil, &answer.Error
}

func addJSON(t *testing.T, f *fixture, envelope []byte) ([]byte, error) {
	return add(t, f, &candorpb.AddEntryRequest{
		Submission: &candorpb.AddEntryRequest_EnvelopeJson{EnvelopeJson: envelope}})
}

// addParts has the library take the envelope apart.
func addParts(t *testing.T, f *fixture, envelope []byte) ([]byte, error) {
	t.Helper()
	var read dsselib.Envelope
	if err := json.Unmarshal(envelope, &read); err != nil {
		t.Fatal(err)
	}
	payload, err := read.DecodeB64Payload()
	if err != nil {
		t.Fatal(err)
	}
	parts := &candorpb.Envelope{PayloadType: read.PayloadType, Payload: payload}
	for _, signature := range read.Signatures {
		bytes, err := (&dsselib.Envelope{Payload: signature.Sig}).DecodeB64Payload()
		if err != nil {
			t.Fatal(err)
		}
		parts.Signatures = append(parts.Signatures,
			&candorpb.EnvelopeSignature{Keyid: signature.KeyID, Sig: bytes})
	}
	return add(t, f, &candorpb.AddEntryRequest{
		Submission: &candorpb.AddEntryRequest_Envelope{Envelope: parts}})
}

func add(t *testing.T, f *fixture, request *candorpb.AddEntryRequest) ([]byte, error) {
	t.Helper()
	request.WaitFor = candorpb.WaitFor_WAIT_FOR_PUBLISHED
	response, err := f.client.AddEntry(context.Background(), request)
	if err == nil {
		return response.GetTlogProof(), nil
	}
	for _, detail := range status.Convert(err).Details() {
		if info, is := detail.(*errdetails.ErrorInfo); is {
			return nil, &refusal{codeName[status.Code(err)], info.GetReason()}
		}
	}
	t.Fatalf("an error without a reason: %v", err)
	return nil, nil
}

// mustAdd submits and checks that the log kept exactly what these keys signed, in the library's
// eyes.
func (f *fixture) mustAdd(t *testing.T, submit transport, envelope, payload []byte, keys ...Key) {
	t.Helper()
	proof, err := submit(t, f, envelope)
	if err != nil {
		t.Fatalf("refused: %v\n%s", err, envelope)
	}
	f.check(t, EntryOfProof(t, proof), payload, keys...)
}

func (f *fixture) check(t *testing.T, entry *Entry, payload []byte, keys ...Key) {
	t.Helper()
	if entry.PayloadType != PayloadType || !bytes.Equal(entry.Payload, payload) {
		t.Fatalf("the entry holds another payload:\n%s\n%s", entry.Payload, payload)
	}
	var got, want []string
	for _, signature := range entry.Signatures {
		got = append(got, signature.KeyHash)
	}
	for _, key := range keys {
		want = append(want, key.Hash)
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("signed by %v, not %v", got, want)
	}
	if read := Verify(t, entry.Envelope(t), keys...); !bytes.Equal(read, payload) {
		t.Fatalf("the library reads another payload: %s", read)
	}
	ParseStatement(t, entry.Payload)
}
