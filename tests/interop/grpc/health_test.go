// SPDX-License-Identifier: Apache-2.0

package grpc

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"candor/tests/interop/cluster"
	"candor/tests/interop/gen/candorpb"
)

// restartWitness starts the first witness again where it was.
func (f *fixture) restartWitness(t *testing.T) {
	t.Helper()
	witness := f.Witnesses[0]
	_, address, _ := strings.Cut(witness.URL, "://")
	witness.Program = cluster.Launch(t, "listening on", cluster.Bin("candor-witness"), "run",
		"--config", f.Path("w1/candor-witness.conf"), "--listen", address,
		"--port-file", f.Path("w1.port"))
}

// What probes of orchestrators do: Check, for the server and for the service.
func TestHealthCheck(t *testing.T) {
	for name, tls := range map[string]bool{"plain": false, "tls": true} {
		t.Run(name, func(t *testing.T) {
			f := start(t, cluster.Options{TLS: tls})
			health := healthpb.NewHealthClient(f.connection)
			// Health follows readiness within half a second.
			await(t, f.watch(t, ""), healthpb.HealthCheckResponse_SERVING)
			await(t, f.watch(t, service), healthpb.HealthCheckResponse_SERVING)
			for _, asked := range []string{"", service} {
				response, err := health.Check(call(t), &healthpb.HealthCheckRequest{Service: asked})
				if err != nil {
					t.Fatal(err)
				}
				if response.GetStatus() != healthpb.HealthCheckResponse_SERVING {
					t.Fatalf("%q: %v", asked, response)
				}
			}
			_, err := health.Check(call(t), &healthpb.HealthCheckRequest{Service: "no.such.Service"})
			if status.Code(err) != codes.NotFound {
				t.Fatalf("a service of nobody: %v", err)
			}
		})
	}
}

type watch = healthpb.Health_WatchClient

func (f *fixture) watch(t *testing.T, service string) watch {
	t.Helper()
	stream, err := healthpb.NewHealthClient(f.connection).Watch(call(t),
		&healthpb.HealthCheckRequest{Service: service})
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

// await reads until the state is `want`.
func await(t *testing.T, stream watch, want healthpb.HealthCheckResponse_ServingStatus) {
	t.Helper()
	for {
		response, err := stream.Recv()
		if err != nil {
			t.Fatalf("the state never was %v: %v", want, err)
		}
		if response.GetStatus() == want {
			return
		}
	}
}

// A log that can not publish is not serving, and watchers learn both changes.
func TestHealthFollowsTheQuorum(t *testing.T) {
	f := start(t, cluster.Options{Witnesses: 1, Quorum: 1,
		LogFlags: []string{"--witness-backoff-max", "50ms"}})
	watches := []watch{f.watch(t, ""), f.watch(t, service)}
	for _, stream := range watches {
		await(t, stream, healthpb.HealthCheckResponse_SERVING)
	}
	f.Witnesses[0].Program.Stop()
	if _, err := f.client.AddEntry(call(t),
		addRequest(f.envelope(t), candorpb.WaitFor_WAIT_FOR_SEQUENCED)); err != nil {
		t.Fatal(err)
	}
	for _, stream := range watches {
		await(t, stream, healthpb.HealthCheckResponse_NOT_SERVING)
	}
	f.restartWitness(t)
	for _, stream := range watches {
		await(t, stream, healthpb.HealthCheckResponse_SERVING)
	}
	unknown := f.watch(t, "no.such.Service")
	await(t, unknown, healthpb.HealthCheckResponse_SERVICE_UNKNOWN)
	// At the end watchers are told, or see their stream end.
	f.Log.Stop()
	for _, stream := range watches {
		response, err := stream.Recv()
		if err == nil && response.GetStatus() != healthpb.HealthCheckResponse_NOT_SERVING {
			t.Fatalf("the log stopped and says %v", response.GetStatus())
		}
	}
}
