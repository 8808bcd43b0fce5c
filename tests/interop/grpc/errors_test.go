// SPDX-License-Identifier: Apache-2.0

package grpc

import (
	"bytes"
	"context"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"candor/tests/interop/cluster"
	"candor/tests/interop/dsse"
	"candor/tests/interop/gen/candorpb"
)

// failure is a call that has to fail.
type failure struct {
	name   string
	call   func(ctx context.Context, f *fixture) error
	code   codes.Code
	reason string
}

func addOf(request *candorpb.AddEntryRequest) func(context.Context, *fixture) error {
	return func(ctx context.Context, f *fixture) error {
		_, err := f.client.AddEntry(ctx, request)
		return err
	}
}

func inclusionOf(request *candorpb.GetInclusionProofRequest) func(context.Context, *fixture) error {
	return func(ctx context.Context, f *fixture) error {
		_, err := f.client.GetInclusionProof(ctx, request)
		return err
	}
}

func consistencyOf(oldSize, newSize uint64) func(context.Context, *fixture) error {
	return func(ctx context.Context, f *fixture) error {
		_, err := f.client.GetConsistencyProof(ctx,
			&candorpb.GetConsistencyProofRequest{OldSize: oldSize, NewSize: newSize})
		return err
	}
}

func entryOf(request *candorpb.GetEntryRequest) func(context.Context, *fixture) error {
	return func(ctx context.Context, f *fixture) error {
		_, err := f.client.GetEntry(ctx, request)
		return err
	}
}

func readOf(start uint64) func(context.Context, *fixture) error {
	return func(ctx context.Context, f *fixture) error {
		stream, err := f.client.ReadEntries(ctx, &candorpb.ReadEntriesRequest{Start: start})
		if err != nil {
			return err
		}
		_, err = stream.Recv()
		return err
	}
}

func addFailures(t *testing.T, f *fixture) []failure {
	t.Helper()
	signed := func(purl string, key dsse.Key) []byte {
		return dsse.JSON(t, dsse.Sign(t, dsse.Release(t, purl), key))
	}
	hints := make([]string, 17)
	for i := range hints {
		hints[i] = f.key.Hash
	}
	json := func(envelope []byte) *candorpb.AddEntryRequest {
		return addRequest(envelope, candorpb.WaitFor_WAIT_FOR_PUBLISHED)
	}
	waits := json(f.envelope(t))
	waits.WaitFor = 77
	manyHints := json(f.envelope(t))
	manyHints.KeyHints = hints
	badHint := json(f.envelope(t))
	badHint.KeyHints = []string{"not a hash"}
	root := dsse.LoadKey(t, f.vendor.RootKeyFile)
	return []failure{
		{"nothing", addOf(&candorpb.AddEntryRequest{}), codes.InvalidArgument, "SUBMISSION_MISSING"},
		{"empty envelope", addOf(&candorpb.AddEntryRequest{
			Submission: &candorpb.AddEntryRequest_Envelope{}}), codes.InvalidArgument,
			"PAYLOAD_TYPE_INVALID"},
		{"no JSON", addOf(json([]byte("{"))), codes.InvalidArgument, "JSON_INVALID"},
		{"unknown wait_for", addOf(waits), codes.InvalidArgument, "WAIT_FOR_UNKNOWN"},
		{"too many hints", addOf(manyHints), codes.InvalidArgument, "KEY_HINT_INVALID"},
		{"a hint that is none", addOf(badHint), codes.InvalidArgument, "KEY_HINT_INVALID"},
		{"too large", addOf(json(bytes.Repeat([]byte(" "), 128<<10+1))), codes.InvalidArgument,
			"ENVELOPE_TOO_LARGE"},
		{"a foreign product", addOf(json(signed("pkg:generic/other.example/a@1",
			f.key.Named(f.key.Hash)))), codes.PermissionDenied, "PURL_OUTSIDE_SCOPE"},
		{"a root key", addOf(json(signed(prefix+"cam@1", root.Named(root.Hash)))),
			codes.PermissionDenied, "KEY_NOT_SIGNING"},
	}
}

func readFailures(size uint64) []failure {
	short, absent := []byte("short"), bytes.Repeat([]byte{7}, 32)
	return []failure{
		{"inclusion of nothing", inclusionOf(&candorpb.GetInclusionProofRequest{}),
			codes.InvalidArgument, "ENTRY_NOT_NAMED"},
		{"inclusion of a short leaf", inclusionOf(&candorpb.GetInclusionProofRequest{
			Entry: &candorpb.GetInclusionProofRequest_LeafHash{LeafHash: short}}),
			codes.InvalidArgument, "HASH_INVALID"},
		{"inclusion of an absent leaf", inclusionOf(&candorpb.GetInclusionProofRequest{
			Entry: &candorpb.GetInclusionProofRequest_LeafHash{LeafHash: absent}}), codes.NotFound, ""},
		{"inclusion beyond the tree", inclusionOf(&candorpb.GetInclusionProofRequest{
			Entry: &candorpb.GetInclusionProofRequest_Index{Index: 1 << 62}}), codes.NotFound,
			"ENTRY_NOT_FOUND"},
		{"inclusion at a size of nobody", inclusionOf(&candorpb.GetInclusionProofRequest{
			Entry: &candorpb.GetInclusionProofRequest_Index{}, TreeSize: 1<<64 - 1}), codes.NotFound,
			"SIZE_NOT_PUBLISHED"},
		{"consistency to a size of nobody", consistencyOf(1, size+1), codes.NotFound,
			"SIZE_NOT_PUBLISHED"},
		{"consistency backwards", consistencyOf(size+1, size), codes.InvalidArgument,
			"SIZE_OUT_OF_RANGE"},
		{"entry of nothing", entryOf(&candorpb.GetEntryRequest{}), codes.InvalidArgument,
			"ENTRY_NOT_NAMED"},
		{"entry beyond the tree", entryOf(byIndex(size)), codes.NotFound, "ENTRY_NOT_FOUND"},
		{"entry of a short statement", entryOf(&candorpb.GetEntryRequest{
			Entry: &candorpb.GetEntryRequest_StatementId{StatementId: short}}), codes.InvalidArgument,
			"HASH_INVALID"},
		{"a range beyond the tree", readOf(size + 1), codes.InvalidArgument, "INDEX_OUT_OF_RANGE"},
	}
}

// Every refusal has its code and a reason that a Go client reads with the stock types.
func TestErrors(t *testing.T) {
	f := start(t, cluster.Options{Witnesses: 1, Quorum: 1})
	f.publish(t)
	size := f.tree(t).N
	for _, test := range append(addFailures(t, f), readFailures(uint64(size))...) {
		t.Run(test.name, func(t *testing.T) {
			err := test.call(call(t), f)
			got, retry := reason(t, err)
			if status.Code(err) != test.code || got == "" || test.reason != "" && got != test.reason {
				t.Fatalf("answered %v with reason %q", err, got)
			}
			if retry {
				t.Fatal("the caller is told to try again")
			}
			if status.Convert(err).Message() == "" {
				t.Fatal("nothing says what is wrong")
			}
		})
	}
	if f.tree(t).N != size {
		t.Fatal("something was logged")
	}
}

func TestUnknownMethodsAndServices(t *testing.T) {
	f := start(t, cluster.Options{})
	for _, method := range []string{"/candor.v1.LogService/Nothing", "/candor.v1.LogService/",
		"/no.such.Service/GetCheckpoint", "/candor.v1.LogService/getcheckpoint"} {
		err := f.connection.Invoke(call(t), method, &emptypb.Empty{}, &emptypb.Empty{})
		if status.Code(err) != codes.Unimplemented {
			t.Errorf("%s: %v", method, err)
		}
	}
}

// While there is no quorum an entry is logged and not published; the caller is told so, and when to
// ask again, and the same submission is answered with the proof once there is one.
func TestNotYetPublished(t *testing.T) {
	f := start(t, cluster.Options{Witnesses: 1, Quorum: 1,
		LogFlags: []string{"--request-timeout", "1s", "--witness-backoff-max", "50ms"}})
	f.publish(t)
	f.Witnesses[0].Program.Stop()
	request := addRequest(f.envelope(t), candorpb.WaitFor_WAIT_FOR_PUBLISHED)
	_, err := f.client.AddEntry(call(t), request)
	got, retry := reason(t, err)
	if status.Code(err) != codes.Unavailable || got != "NOT_YET_PUBLISHED" || !retry {
		t.Fatalf("answered %v with reason %q, retry %v", err, got, retry)
	}
	f.restartWitness(t)
	for {
		response, err := f.client.AddEntry(call(t), request)
		if err == nil {
			if !response.GetDuplicate() || len(response.GetTlogProof()) == 0 {
				t.Fatalf("answered %v", response)
			}
			return
		}
		if got, _ := reason(t, err); got != "NOT_YET_PUBLISHED" {
			t.Fatal(err)
		}
	}
}
