// SPDX-License-Identifier: Apache-2.0

// Package grpc uses the log's gRPC port with what others made: a client by the stock generators,
// Go's own checks of proofs, the standard health client and grpcurl.
package grpc

import (
	"context"
	"fmt"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"candor/tests/interop/cluster"
	"candor/tests/interop/dsse"
	"candor/tests/interop/gen/candorpb"
)

const (
	prefix  = "pkg:generic/acme.example/"
	service = "candor.v1.LogService"
	patient = 60 * time.Second
)

// fixture is a log with a vendor and a connection to it.
type fixture struct {
	*cluster.Cluster
	vendor     cluster.Vendor
	key        dsse.Key
	connection *grpc.ClientConn
	client     candorpb.LogServiceClient
	releases   int
}

func start(t *testing.T, options cluster.Options) *fixture {
	t.Helper()
	options.LogFlags = append(options.LogFlags, "--checkpoint-interval", "5ms")
	f := &fixture{Cluster: cluster.Start(t, options)}
	f.vendor = f.Enrol("acme.example", prefix)
	f.key = dsse.LoadKey(t, f.vendor.KeyFile)
	f.connection = f.dial(t)
	f.client = candorpb.NewLogServiceClient(f.connection)
	return f
}

func (f *fixture) credentials(t *testing.T) credentials.TransportCredentials {
	t.Helper()
	if f.CAFile == "" {
		return insecure.NewCredentials()
	}
	trusted, err := credentials.NewClientTLSFromFile(f.CAFile, "")
	if err != nil {
		t.Fatal(err)
	}
	return trusted
}

func (f *fixture) dial(t *testing.T) *grpc.ClientConn {
	t.Helper()
	connection, err := grpc.NewClient(f.GRPC, grpc.WithTransportCredentials(f.credentials(t)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	return connection
}

func call(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patient)
	t.Cleanup(cancel)
	return ctx
}

// envelope is a signed release of the vendor, a new one each time.
func (f *fixture) envelope(t *testing.T) []byte {
	t.Helper()
	f.releases++
	return dsse.JSON(t, dsse.Sign(t, dsse.Release(t, fmt.Sprintf("%scam@%d", prefix, f.releases)),
		f.key))
}

func addRequest(envelope []byte, wait candorpb.WaitFor) *candorpb.AddEntryRequest {
	return &candorpb.AddEntryRequest{WaitFor: wait,
		Submission: &candorpb.AddEntryRequest_EnvelopeJson{EnvelopeJson: envelope}}
}

// publish adds one release and answers when it is published.
func (f *fixture) publish(t *testing.T) *candorpb.AddEntryResponse {
	t.Helper()
	response, err := f.client.AddEntry(call(t),
		addRequest(f.envelope(t), candorpb.WaitFor_WAIT_FOR_PUBLISHED))
	if err != nil {
		t.Fatal(err)
	}
	return response
}

// hash is 32 bytes of an answer as Go's package for logs knows them.
func hash(t *testing.T, bytes []byte) tlog.Hash {
	t.Helper()
	var h tlog.Hash
	if copy(h[:], bytes) != len(bytes) || len(bytes) != len(h) {
		t.Fatalf("a hash of %d bytes", len(bytes))
	}
	return h
}

func hashes(t *testing.T, proof [][]byte) []tlog.Hash {
	t.Helper()
	all := make([]tlog.Hash, 0, len(proof))
	for _, each := range proof {
		all = append(all, hash(t, each))
	}
	return all
}

// reason is the machine-readable part of an error; retry says whether it names a delay.
func reason(t *testing.T, err error) (reason string, retry bool) {
	t.Helper()
	for _, detail := range status.Convert(err).Details() {
		switch is := detail.(type) {
		case *errdetails.ErrorInfo:
			if is.GetDomain() != "candor" {
				t.Errorf("the reason's domain is %q", is.GetDomain())
			}
			reason = is.GetReason()
		case *errdetails.RetryInfo:
			retry = is.GetRetryDelay().AsDuration() > 0
		case error:
			t.Errorf("a detail that cannot be read: %v", is)
		}
	}
	return reason, retry
}
