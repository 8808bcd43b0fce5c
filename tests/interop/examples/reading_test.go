// SPDX-License-Identifier: Apache-2.0

package examples

import (
	"context"
	"net"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"candor/tests/interop/cluster"
	"candor/tests/interop/gen/candorpb"
)

func TestPythonReadsEveryEntry(t *testing.T) {
	s := start(t, "ed25519")
	s.Grow(s.Vendor, 300)
	folder := copyExample(t, "python")
	mustRun(t, folder, []string{"CANDOR_PROTO=" + cluster.Root() + "/proto"}, "sh", "generate.sh")
	read := func(target, vkey string) []string {
		return []string{folder + "/read_entries.py", "--target", target, "--vkey", vkey}
	}
	out := mustRun(t, folder, nil, read(s.GRPC, s.LogVkey)...)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if last := lines[len(lines)-1]; last != "verified: 302 entries" {
		t.Errorf("it ended with %q", last)
	}
	if len(lines) != 303 || !strings.Contains(lines[2], " pkg:generic/acme.example/") {
		t.Errorf("%d lines, the third is %q", len(lines), lines[2])
	}

	other := cluster.Start(t, cluster.Options{NoLog: true})
	mustFail(t, "not signed by that key", folder, nil, read(s.GRPC, other.LogVkey)...)
	liar := between(t, s.GRPC, func(_ *candorpb.GetCheckpointResponse, read *candorpb.ReadEntriesResponse) {
		if read != nil {
			read.Entries[0][80] ^= 1
		}
	})
	mustFail(t, "not those of the signed checkpoint", folder, nil, read(liar, s.LogVkey)...)
	forger := between(t, s.GRPC, func(checkpoint *candorpb.GetCheckpointResponse, _ *candorpb.ReadEntriesResponse) {
		if checkpoint != nil {
			checkpoint.Checkpoint[len(s.Origin)+1] ^= 1
		}
	})
	mustFail(t, "InvalidSignature", folder, nil, read(forger, s.LogVkey)...)
}

func TestPythonSpeaksTLS(t *testing.T) {
	c := cluster.Start(t, cluster.Options{TLS: true})
	c.Enrol("acme.example", "pkg:generic/acme.example/")
	folder := copyExample(t, "python")
	mustRun(t, folder, []string{"CANDOR_PROTO=" + cluster.Root() + "/proto"}, "sh", "generate.sh")
	out := mustRun(t, folder, nil, folder+"/read_entries.py", "--target", c.GRPC, "--vkey", c.LogVkey,
		"--ca", c.CAFile)
	if !strings.HasSuffix(out, "verified: 2 entries\n") {
		t.Errorf("it said:\n%s", out)
	}
}

// middleman is a log that answers with another log's answers, changed.
type middleman struct {
	candorpb.UnimplementedLogServiceServer
	log    candorpb.LogServiceClient
	change func(*candorpb.GetCheckpointResponse, *candorpb.ReadEntriesResponse)
}

func (m *middleman) GetCheckpoint(ctx context.Context, request *candorpb.GetCheckpointRequest) (
	*candorpb.GetCheckpointResponse, error) {
	response, err := m.log.GetCheckpoint(ctx, request)
	if err == nil {
		m.change(response, nil)
	}
	return response, err
}

func (m *middleman) ReadEntries(request *candorpb.ReadEntriesRequest,
	stream grpc.ServerStreamingServer[candorpb.ReadEntriesResponse]) error {
	entries, err := m.log.ReadEntries(stream.Context(), request)
	if err != nil {
		return err
	}
	response, err := entries.Recv()
	if err != nil {
		return err
	}
	m.change(nil, response)
	return stream.Send(response)
}

// between starts a middleman of the log at this address and answers its own.
func between(t *testing.T, target string,
	change func(*candorpb.GetCheckpointResponse, *candorpb.ReadEntriesResponse)) string {
	t.Helper()
	connection, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	candorpb.RegisterLogServiceServer(server,
		&middleman{log: candorpb.NewLogServiceClient(connection), change: change})
	go server.Serve(listener)
	t.Cleanup(func() {
		server.Stop()
		connection.Close()
	})
	return listener.Addr().String()
}
