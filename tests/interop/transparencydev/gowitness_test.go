// SPDX-License-Identifier: Apache-2.0

package transparencydev

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	f_log "github.com/transparency-dev/formats/log"
	f_note "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"

	"candor/tests/interop/cluster"
	"candor/tests/interop/grown"
)

// request is the body of an add-checkpoint.
type request struct {
	older      uint64
	path       [][]byte
	checkpoint []byte
}

func (r request) format() []byte {
	out := fmt.Appendf(nil, "old %d\n", r.older)
	for _, hash := range r.path {
		out = fmt.Appendf(out, "%s\n", base64.StdEncoding.EncodeToString(hash))
	}
	return append(append(out, '\n'), r.checkpoint...)
}

func parseRequest(content []byte) (r request, err error) {
	head, checkpoint, found := bytes.Cut(content, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found {
		return r, fmt.Errorf("no empty line in %q", content)
	}
	if _, err := fmt.Sscanf(lines[0], "old %d", &r.older); err != nil {
		return r, err
	}
	for _, line := range lines[1:] {
		hash, err := base64.StdEncoding.DecodeString(line)
		if err != nil {
			return r, err
		}
		r.path = append(r.path, hash)
	}
	r.checkpoint = checkpoint
	return r, nil
}

// goWitness is a witness made of the libraries: their notes, their proofs, their cosignatures.
type goWitness struct {
	vkey   string
	signer note.Signer
	origin string
	log    note.Verifier

	mu     sync.Mutex
	latest f_log.Checkpoint
	steps  int // how many checkpoints it cosigned that were larger than the one before
}

func (w *goWitness) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	content, err := io.ReadAll(in.Body)
	if err != nil || in.Method != http.MethodPost || in.URL.Path != "/add-checkpoint" {
		http.Error(out, "POST /add-checkpoint", http.StatusNotFound)
		return
	}
	status, answer := w.add(content)
	if status == http.StatusConflict {
		out.Header().Set("Content-Type", "text/x.tlog.size")
	}
	out.WriteHeader(status)
	_, _ = io.WriteString(out, answer) // a log that went away asks again
}

func (w *goWitness) add(content []byte) (status int, answer string) {
	submitted, err := parseRequest(content)
	if err != nil {
		return http.StatusBadRequest, err.Error()
	}
	newer, _, signed, err := f_log.ParseCheckpoint(submitted.checkpoint, w.origin, w.log)
	if err != nil {
		return http.StatusForbidden, err.Error()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if submitted.older != w.latest.Size {
		return http.StatusConflict, fmt.Sprintf("%d\n", w.latest.Size)
	}
	if err := proof.VerifyConsistency(rfc6962.DefaultHasher, w.latest.Size, newer.Size,
		submitted.path, w.latest.Hash, newer.Hash); err != nil {
		return http.StatusUnprocessableEntity, err.Error()
	}
	cosigned, err := note.Sign(&note.Note{Text: signed.Text}, w.signer)
	if err != nil {
		return http.StatusInternalServerError, err.Error()
	}
	if newer.Size > w.latest.Size {
		w.steps++
	}
	w.latest = *newer
	return http.StatusOK, strings.TrimPrefix(string(cosigned), signed.Text+"\n")
}

// Our log publishes only what a witness made of the libraries has checked and cosigned.
func TestOurLogWithAWitnessOfTheLibrary(t *testing.T) {
	const size = 40
	w := &goWitness{origin: cluster.DefaultOrigin}
	w.latest.Hash = rfc6962.DefaultHasher.EmptyRoot()
	w.signer, w.vkey = cosigner(t, "go.example/witness")
	url := cluster.Serve(t, w)
	// The library's witness is asked first once the log runs, when w.log is set.
	policy := func(c *cluster.Cluster) string {
		var err error
		if w.log, err = f_note.NewVerifier(c.LogVkey); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("log %s\nwitness go %s %s\nwitness w1 %s %s\ngroup both all go w1\n"+
			"quorum both\n", c.LogVkey, w.vkey, url, c.Witnesses[0].Vkey, c.Witnesses[0].URL)
	}
	l := grown.Start(t, cluster.Options{Witnesses: 1, Policy: policy}, size)
	verifier, err := f_note.NewVerifierForCosignatureV1(w.vkey)
	if err != nil {
		t.Fatal(err)
	}
	for n := int64(1); n <= size; n++ {
		_, _, signed, err := f_log.ParseCheckpoint(l.Checkpoints[n], l.Origin, w.log, verifier)
		if err != nil || len(signed.Sigs) != 2 || len(signed.UnverifiedSigs) != 1 {
			t.Errorf("size %d: %v\n%s", n, err, l.Checkpoints[n])
		}
	}
	l.Grow(l.Vendor, 300)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.latest.Size != size+300 || w.steps <= size {
		t.Errorf("the witness of the library went to %d in %d steps", w.latest.Size, w.steps)
	}
	// What it cosigned is what a customer's policy asks for.
	artifact := l.Write("cam.img", grown.Artifact(size))
	l.Write("cam.img.tlog-proof", l.Proofs[size])
	l.MustCandor("verify", artifact, "--policy", l.PolicyFile, "--participants",
		l.Vendor.ParticipantsFile)
}
