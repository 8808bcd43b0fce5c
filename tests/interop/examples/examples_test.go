// SPDX-License-Identifier: Apache-2.0

// Package examples runs everything in docs/examples as a stranger would: copied to an empty folder,
// with nothing but the tools that docs/examples/README.md names.
package examples

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"candor/tests/interop/cluster"
)

const purl = "pkg:generic/acme.example/cam@1.0"

// site is a running log, an enrolled vendor, and an empty folder with an artifact to publish.
type site struct {
	*cluster.Cluster
	cluster.Vendor
	t        *testing.T
	dir      string
	artifact string
}

func source(name string) string { return filepath.Join(cluster.Root(), "docs", "examples", name) }

// start enrols a vendor with an Ed25519 or ECDSA P-256 key that openssl made.
func start(t *testing.T, algorithm string) *site {
	t.Helper()
	c := cluster.Start(t, cluster.Options{Witnesses: 2, Quorum: 2})
	s := &site{Cluster: c, t: t, dir: t.TempDir()}
	key := c.Path("openssl.key")
	generate := []string{"openssl", "genpkey", "-out", key, "-algorithm", "ed25519"}
	if algorithm == "p256" {
		generate = append(generate[:5], "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
	}
	cluster.MustRun(t, generate...)
	cluster.MustRun(t, "chmod", "600", key)
	cluster.MustRun(t, "openssl", "pkey", "-in", key, "-pubout", "-out", key+".pub")
	s.Vendor = c.EnrolKey("acme.example", "pkg:generic/acme.example/", key)
	s.artifact = s.write("cam.img", "firmware\n")
	return s
}

func (s *site) write(name, content string) string {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// copyExample copies a folder of docs/examples, without what a reader may have generated in it.
func copyExample(t *testing.T, name string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), name)
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(source(name))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if file.Type().IsRegular() {
			cluster.MustRun(t, "cp", "-p", filepath.Join(source(name), file.Name()), folder)
		}
	}
	return folder
}

// run runs a program in a folder, with further environment variables.
func run(t *testing.T, folder string, env []string, argv ...string) (out string, err error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), argv[0], argv[1:]...)
	command.Dir = folder
	command.Env = append(os.Environ(), env...)
	printed, err := command.CombinedOutput()
	return string(printed), err
}

func mustRun(t *testing.T, folder string, env []string, argv ...string) string {
	t.Helper()
	out, err := run(t, folder, env, argv...)
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(argv, " "), err, out)
	}
	return out
}

// mustFail expects a failure that says so.
func mustFail(t *testing.T, want, folder string, env []string, argv ...string) {
	t.Helper()
	out, err := run(t, folder, env, argv...)
	if err == nil {
		t.Errorf("%s: it succeeded\n%s", strings.Join(argv, " "), out)
	}
	if !strings.Contains(out, want) {
		t.Errorf("%s: it did not say %q but\n%s", strings.Join(argv, " "), want, out)
	}
}

// verify lets a customer verify the artifact by its proof, and answers the entry's index.
func (s *site) verify(artifact string) string {
	s.t.Helper()
	code, out := s.Candor("verify", artifact, "--policy", s.PolicyFile, "--participants",
		s.ParticipantsFile)
	if code != 0 || !strings.HasPrefix(out, "OK: ") {
		s.t.Fatalf("candor verify %s: exit code %d\n%s", artifact, code, out)
	}
	return s.index(artifact + ".tlog-proof")
}

func (s *site) index(proof string) string {
	s.t.Helper()
	text, err := os.ReadFile(proof)
	if err != nil {
		s.t.Fatal(err)
	}
	return regexp.MustCompile(`(?m)^index \d+$`).FindString(string(text))
}

// publishesTwice runs an example that publishes s.artifact, again to see that it is answered with
// the same entry, and as the wrong vendor.
func (s *site) publishesTwice(publish func(purl string) (string, error)) {
	s.t.Helper()
	indexes := map[string]bool{}
	for range 2 {
		if out, err := publish(purl); err != nil {
			s.t.Fatalf("it did not publish: %v\n%s", err, out)
		}
		indexes[s.verify(s.artifact)] = true
	}
	if len(indexes) != 1 {
		s.t.Errorf("published again, it became another entry: %v", indexes)
	}
	if err := os.Remove(s.artifact + ".tlog-proof"); err != nil {
		s.t.Fatal(err)
	}
	out, err := publish("pkg:generic/other.example/cam@1.0")
	if err == nil || !strings.Contains(out, "scope") {
		s.t.Errorf("another vendor's product: %v\n%s", err, out)
	}
	if _, err := os.Stat(s.artifact + ".tlog-proof"); !os.IsNotExist(err) {
		s.t.Errorf("a refused statement has a proof: %v", err)
	}
}

// TestEveryFileIsInTheIndex: nothing lies in docs/examples that its README does not explain.
func TestEveryFileIsInTheIndex(t *testing.T) {
	readme, err := os.ReadFile(source("README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"ci", "curl", "go", "python"} {
		err := filepath.WalkDir(source(folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			name, err := filepath.Rel(source("."), path)
			if err == nil && tracked(t, path) && !strings.Contains(string(readme), "]("+name+")") {
				t.Errorf("docs/examples/README.md does not link %s", name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, link := range regexp.MustCompile(`\]\(([^)#]+)`).FindAllStringSubmatch(string(readme), -1) {
		if _, err := os.Stat(source(link[1])); err != nil {
			t.Errorf("docs/examples/README.md: %v", err)
		}
	}
}

// tracked tells whether git would keep a file: what a reader generated in place it ignores.
func tracked(t *testing.T, path string) bool {
	t.Helper()
	_, err := run(t, cluster.Root(), nil, "git", "check-ignore", "--quiet", path)
	return err != nil
}
