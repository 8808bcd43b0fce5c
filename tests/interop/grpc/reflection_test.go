// SPDX-License-Identifier: Apache-2.0

package grpc

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fullstorydev/grpcurl"
	"github.com/jhump/protoreflect/grpcreflect"
	"google.golang.org/grpc/codes"
	reflectv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	reflectv1alpha "google.golang.org/grpc/reflection/grpc_reflection_v1alpha"

	"candor/tests/interop/cluster"
)

var methods = []string{
	service + ".AddEntry",
	service + ".GetCheckpoint",
	service + ".GetConsistencyProof",
	service + ".GetEntry",
	service + ".GetInclusionProof",
	service + ".ReadEntries",
}

// reflectors are the ways in which a tool asks: both versions of the protocol, and first one then
// the other, as grpcurl does.
func reflectors(t *testing.T, f *fixture) map[string]*grpcreflect.Client {
	t.Helper()
	clients := map[string]*grpcreflect.Client{
		"v1":      grpcreflect.NewClientV1(call(t), reflectv1.NewServerReflectionClient(f.connection)),
		"v1alpha": grpcreflect.NewClientV1Alpha(call(t), reflectv1alpha.NewServerReflectionClient(f.connection)),
		"auto":    grpcreflect.NewClientAuto(call(t), f.connection),
	}
	for _, client := range clients {
		t.Cleanup(client.Reset)
	}
	return clients
}

// The library of grpcurl lists, describes and calls without having our protos.
func TestReflection(t *testing.T) {
	f := start(t, cluster.Options{})
	for version, client := range reflectors(t, f) {
		t.Run(version, func(t *testing.T) {
			source := grpcurl.DescriptorSourceFromServer(call(t), client)
			services, err := grpcurl.ListServices(source)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{service, "grpc.health.v1.Health"} {
				if !slices.Contains(services, want) {
					t.Errorf("%s is not in %v", want, services)
				}
			}
			listed, err := grpcurl.ListMethods(source, service)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(listed, methods) {
				t.Errorf("methods: %v", listed)
			}
			for symbol, part := range map[string]string{
				service: "rpc ReadEntries ( .candor.v1.ReadEntriesRequest ) returns ( stream " +
					".candor.v1.ReadEntriesResponse );",
				"candor.v1.AddEntryRequest": "oneof submission {",
				"candor.v1.WaitFor":         "WAIT_FOR_PUBLISHED = 2;",
			} {
				descriptor, err := source.FindSymbol(symbol)
				if err != nil {
					t.Fatal(err)
				}
				text, err := grpcurl.GetDescriptorText(descriptor, source)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(text, part) {
					t.Errorf("%q is not in:\n%s", part, text)
				}
			}
			if _, err := source.FindSymbol("candor.v1.Nothing"); err == nil {
				t.Error("a symbol of nobody is found")
			}
			f.testInvoke(t, source)
		})
	}
}

// invoke calls a method with a JSON request, as grpcurl does.
func (f *fixture) invoke(t *testing.T, source grpcurl.DescriptorSource, method,
	request string) (*grpcurl.DefaultEventHandler, string) {
	t.Helper()
	parser, formatter, err := grpcurl.RequestParserAndFormatter(grpcurl.FormatJSON, source,
		strings.NewReader(request), grpcurl.FormatOptions{EmitJSONDefaultFields: true})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	handler := &grpcurl.DefaultEventHandler{Out: &out, Formatter: formatter}
	err = grpcurl.InvokeRPC(call(t), source, f.connection, service+"/"+method, nil, handler,
		parser.Next)
	if err != nil {
		t.Fatal(err)
	}
	return handler, out.String()
}

func (f *fixture) testInvoke(t *testing.T, source grpcurl.DescriptorSource) {
	t.Helper()
	handler, out := f.invoke(t, source, "GetEntry", `{"index": 1}`)
	var entry struct{ Entry []byte }
	if err := json.Unmarshal([]byte(out), &entry); err != nil || handler.Status.Code() != codes.OK {
		t.Fatalf("%v, %v: %s", handler.Status, err, out)
	}
	if !bytes.Equal(entry.Entry, f.entry(t, byIndex(1)).GetEntry()) {
		t.Fatal("another entry")
	}
	if handler, _ = f.invoke(t, source, "ReadEntries", `{}`); handler.NumResponses != 1 {
		t.Fatalf("%d messages of a stream", handler.NumResponses)
	}
	handler, _ = f.invoke(t, source, "AddEntry", `{"envelopeJson": "e30="}`)
	if handler.Status.Code() != codes.InvalidArgument {
		t.Fatalf("an empty envelope: %v", handler.Status)
	}
}

// The command, as an operator types it.
func TestGrpcurlCommand(t *testing.T) {
	for name, tls := range map[string]bool{"plain": false, "tls": true} {
		t.Run(name, func(t *testing.T) {
			f := start(t, cluster.Options{TLS: tls})
			security := []string{"-plaintext"}
			if tls {
				security = []string{"-cacert", f.CAFile}
			}
			for _, step := range []struct {
				args []string
				want string
			}{
				{[]string{f.GRPC, "list"}, service + "\n"},
				{[]string{f.GRPC, "list", service}, service + ".ReadEntries\n"},
				{[]string{f.GRPC, "describe", service + ".AddEntry"}, "rpc AddEntry ("},
				{[]string{f.GRPC, service + "/GetCheckpoint"}, `"checkpoint": "`},
				{[]string{"-d", `{"service":"` + service + `"}`, f.GRPC,
					"grpc.health.v1.Health/Check"}, `SERVING"`},
			} {
				command := filepath.Join("..", "gen", "bin", "grpcurl")
				out, err := exec.Command(command, append(security, step.args...)...).CombinedOutput()
				if err != nil || !strings.Contains(string(out), step.want) {
					t.Errorf("grpcurl %v: %v\n%s", step.args, err, out)
				}
			}
			out, err := exec.Command(filepath.Join("..", "gen", "bin", "grpcurl"), append(security,
				"-d", `{"index": 99}`, f.GRPC, service+"/GetEntry")...).CombinedOutput()
			if err == nil || !strings.Contains(string(out), "ENTRY_NOT_FOUND") {
				t.Errorf("grpcurl shows no reason: %v\n%s", err, out)
			}
		})
	}
}
