// SPDX-License-Identifier: Apache-2.0

package examples

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"candor/tests/interop/cluster"
)

// job is what a CI service would do for a release: shell steps with environments of their own.
type job []struct {
	script string
	env    []string
}

// load reads a snippet.
func load(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(source(filepath.Join("ci", name)))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// githubJob is the job of github.yml, its expressions replaced by what they stand for.
func githubJob(t *testing.T, values map[string]string) job {
	t.Helper()
	var workflow struct {
		Jobs struct {
			Release struct {
				Steps []struct {
					Uses, Run string
					Env       map[string]string
				}
			}
		}
	}
	load(t, "github.yml", &workflow)
	expression := regexp.MustCompile(`\$\{\{ *(\S+) *\}\}`)
	var steps job
	for _, step := range workflow.Jobs.Release.Steps {
		if step.Run == "" {
			if step.Uses == "" {
				t.Error("github.yml: a step does nothing")
			}
			continue
		}
		// An expression in a script would be pasted into it, whatever characters it has.
		if strings.Contains(step.Run, "${{") {
			t.Errorf("github.yml: an expression in a script:\n%s", step.Run)
		}
		var env []string
		for name, value := range step.Env {
			env = append(env, name+"="+expression.ReplaceAllStringFunc(value, func(found string) string {
				replaced, known := values[expression.FindStringSubmatch(found)[1]]
				if !known {
					t.Errorf("github.yml: %s is not known", found)
				}
				return replaced
			}))
		}
		// As GitHub runs a step with `shell: bash`.
		steps = append(steps, struct {
			script string
			env    []string
		}{"set -eo pipefail\n" + step.Run, env})
	}
	return steps
}

// gitlabJob is the job of gitlab.yml: all lines of `script` are one shell's.
func gitlabJob(t *testing.T, variables []string) job {
	t.Helper()
	var file struct {
		Release struct{ Script []string }
	}
	load(t, "gitlab.yml", &file)
	script := "set -eo pipefail\n" + strings.Join(file.Release.Script, "\n")
	return job{{script, variables}}
}

// repository is a fresh checkout on a fresh machine, which holds the vendor's own build.
type repository struct {
	t         *testing.T
	dir       string
	env       []string
	temporary string
}

func (s *site) checkout() repository {
	s.t.Helper()
	r := repository{t: s.t, dir: s.t.TempDir(), temporary: s.t.TempDir()}
	bin := s.t.TempDir()
	cluster.MustRun(s.t, "ln", "-s", cluster.Bin("candor"), filepath.Join(bin, "candor"))
	r.env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "TMPDIR=" + r.temporary}
	build := "#!/bin/sh\nmkdir -p dist\necho one > dist/cam.img\necho two > dist/cam-recovery.img\n"
	if err := os.WriteFile(filepath.Join(r.dir, "build.sh"), []byte(build), 0o755); err != nil {
		s.t.Fatal(err)
	}
	cluster.MustRun(s.t, "cp", s.PolicyFile, filepath.Join(r.dir, "trust.policy"))
	cluster.MustRun(s.t, "cp", s.ParticipantsFile, filepath.Join(r.dir, "participants.txt"))
	return r
}

func (r repository) run(steps job) (out string, err error) {
	r.t.Helper()
	for _, step := range steps {
		printed, err := run(r.t, r.dir, append(slices.Clone(r.env), step.env...), "bash", "--noprofile",
			"--norc", "-c", step.script)
		if out += printed; err != nil {
			return out, err
		}
	}
	return out, nil
}

// left answers what a job left in the machine's folder for temporary files.
func (r repository) left() []string {
	r.t.Helper()
	files, err := filepath.Glob(filepath.Join(r.temporary, "*"))
	if err != nil {
		r.t.Fatal(err)
	}
	return files
}

// released runs the job as a release, runs it again, and with a key that is not enrolled. `steps`
// makes the job for a signing key.
func released(t *testing.T, steps func(s *site, keyFile string) job) {
	t.Helper()
	s := start(t, "ed25519")
	secret, err := os.ReadFile(s.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	indexes := map[string]bool{}
	for range 2 {
		r := s.checkout()
		out, err := r.run(steps(s, s.KeyFile))
		if err != nil {
			t.Fatalf("the job failed: %v\n%s", err, out)
		}
		if strings.Count(out, "OK: ") != 2 || !strings.Contains(out, "pkg:generic/acme.example/cam@1.2.3") {
			t.Errorf("the job said:\n%s", out)
		}
		if strings.Contains(out, strings.Split(string(secret), "\n")[1]) {
			t.Error("the job printed the key")
		}
		if left := r.left(); len(left) != 0 {
			t.Errorf("the job left %v", left)
		}
		for _, name := range []string{"cam.img", "cam-recovery.img"} {
			indexes[s.verify(filepath.Join(r.dir, "dist", name))] = true
		}
	}
	if len(indexes) != 1 {
		t.Errorf("two runs of one release became entries %v", indexes)
	}
	r := s.checkout()
	out, err := r.run(steps(s, s.Keygen("stranger.key", "ed25519")))
	if err == nil || !strings.Contains(out, "KEY_NOT_ENROLLED") {
		t.Errorf("the job with a key that is not enrolled: %v\n%s", err, out)
	}
	if left := r.left(); len(left) != 0 {
		t.Errorf("the job that failed left %v", left)
	}
}

func TestGitHubJob(t *testing.T) {
	trimmed := false
	released(t, func(s *site, keyFile string) job {
		secret, err := os.ReadFile(keyFile)
		if err != nil {
			t.Fatal(err)
		}
		// Depending on how a secret was entered, its last line end is there or not.
		if trimmed = !trimmed; trimmed {
			secret = bytes.TrimSpace(secret)
		}
		return githubJob(t, map[string]string{
			"secrets.CANDOR_KEY": string(secret), "vars.CANDOR_LOG": s.URL, "github.ref_name": "v1.2.3",
		})
	})
}

func TestGitLabJob(t *testing.T) {
	released(t, func(s *site, keyFile string) job {
		// GitLab writes a variable of type "file" for anyone on the runner to read.
		shared := filepath.Join(t.TempDir(), "CANDOR_KEY")
		cluster.MustRun(t, "cp", keyFile, shared)
		cluster.MustRun(t, "chmod", "644", shared)
		return gitlabJob(t, []string{"CANDOR_KEY=" + shared, "CANDOR_LOG=" + s.URL, "CI_COMMIT_TAG=v1.2.3"})
	})
}

// TestContainerfile: the image installs every library that candor needs and Debian's own image lacks.
func TestContainerfile(t *testing.T) {
	text, err := os.ReadFile(source("ci/Containerfile"))
	if err != nil {
		t.Fatal(err)
	}
	// apt and dpkg need these themselves.
	base := []string{"libc6", "libgcc-s1", "libstdc++6", "zlib1g"}
	libraries := regexp.MustCompile(`=> (\S+)`).FindAllStringSubmatch(
		cluster.MustRun(t, "ldd", cluster.Bin("candor")), -1)
	if len(libraries) < 3 {
		t.Fatalf("ldd found only %v", libraries)
	}
	var paths []string
	for _, library := range libraries {
		path, err := filepath.EvalSymlinks(library[1])
		if err != nil {
			t.Fatal(err)
		}
		// Debian's package database may know a library by its path below / or below /usr.
		paths = append(paths, path, strings.TrimPrefix(path, "/usr"))
	}
	// It fails because half of the paths are not known; what counts is what it says.
	found, _ := run(t, "/", nil, append([]string{"dpkg-query", "--search"}, paths...)...)
	owners := regexp.MustCompile(`(?m)^([a-z0-9+.-]+)(?::\S+)?: /`).FindAllStringSubmatch(found, -1)
	if len(owners) != len(libraries) {
		t.Errorf("%d libraries, but dpkg-query says:\n%s", len(libraries), found)
	}
	for _, owner := range owners {
		word := regexp.MustCompile(`(?m)(^| )` + regexp.QuoteMeta(owner[1]) + `( |$)`)
		if !slices.Contains(base, owner[1]) && !word.MatchString(string(text)) {
			t.Errorf("Containerfile does not install %s, which candor needs", owner[1])
		}
	}
}
