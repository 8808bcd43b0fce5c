// SPDX-License-Identifier: Apache-2.0

package examples

import (
	"os"
	"testing"

	"candor/tests/interop/cluster"
)

func TestCurl(t *testing.T) {
	for _, algorithm := range []string{"ed25519", "p256"} {
		t.Run(algorithm, func(t *testing.T) {
			s := start(t, algorithm)
			script := copyExample(t, "curl") + "/publish.sh"
			s.publishesTwice(func(purl string) (string, error) {
				return run(t, s.dir, nil, script, "cam.img", purl, s.KeyFile, s.URL)
			})
			mustFail(t, "no JSON escapes", s.dir, nil, script, `ca"m.img`, purl, s.KeyFile, s.URL)
		})
	}
}

func TestPythonPublishes(t *testing.T) {
	for _, algorithm := range []string{"ed25519", "p256"} {
		t.Run(algorithm, func(t *testing.T) {
			s := start(t, algorithm)
			script := copyExample(t, "python") + "/publish.py"
			s.publishesTwice(func(purl string) (string, error) {
				return run(t, s.dir, nil, script, "cam.img", "--purl", purl, "--key", s.KeyFile, "--log",
					s.URL)
			})
		})
	}
}

// buildGo builds the Go example with a client that it generates, and answers the program.
func buildGo(t *testing.T) string {
	t.Helper()
	folder := copyExample(t, "go")
	mustRun(t, folder, []string{"CANDOR_PROTO=" + cluster.Root() + "/proto"}, "sh", "generate.sh")
	mustRun(t, folder, []string{"GOFLAGS=-mod=readonly"}, "go", "vet", "-p", "2", ".")
	mustRun(t, folder, []string{"GOFLAGS=-mod=readonly"}, "go", "build", "-p", "2", "-o", "publish", ".")
	return folder + "/publish"
}

func TestGo(t *testing.T) {
	program := buildGo(t)
	for _, algorithm := range []string{"ed25519", "p256"} {
		t.Run(algorithm, func(t *testing.T) {
			s := start(t, algorithm)
			arguments := func(purl, log string, witnesses ...string) []string {
				argv := []string{program, "-target", s.GRPC, "-key", s.KeyFile, "-purl", purl, "-log", log}
				for _, witness := range witnesses {
					argv = append(argv, "-witness", witness)
				}
				return append(argv, "cam.img")
			}
			w1, w2 := s.Witnesses[0].Vkey, s.Witnesses[1].Vkey
			s.publishesTwice(func(purl string) (string, error) {
				return run(t, s.dir, nil, arguments(purl, s.LogVkey, w1, w2)...)
			})
			other := cluster.Start(t, cluster.Options{Witnesses: 1})
			mustFail(t, "does not verify", s.dir, nil, arguments(purl, other.LogVkey, w1, w2)...)
			mustFail(t, "did not sign", s.dir, nil,
				arguments(purl, s.LogVkey, w1, other.Witnesses[0].Vkey)...)
			if _, err := os.Stat(s.artifact + ".tlog-proof"); !os.IsNotExist(err) {
				t.Errorf("an answer that does not verify was kept: %v", err)
			}
		})
	}
	t.Run("tls", func(t *testing.T) {
		c := cluster.Start(t, cluster.Options{TLS: true})
		s := &site{Cluster: c, Vendor: c.Enrol("acme.example", "pkg:generic/acme.example/"), t: t,
			dir: t.TempDir()}
		s.artifact = s.write("cam.img", "firmware\n")
		mustRun(t, s.dir, nil, program, "-target", s.GRPC, "-ca", s.CAFile, "-key", s.KeyFile, "-purl",
			purl, "-log", s.LogVkey, "cam.img")
		s.verify(s.artifact)
	})
}
