// SPDX-License-Identifier: Apache-2.0

package tessera

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"

	"candor/tests/interop/cluster"
)

const theirOrigin = "tessera.example/log"

// theirLog is a log made by their library alone, in a folder.
type theirLog struct {
	folder, skey, vkey string
}

func newLog(t testing.TB) *theirLog {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, theirOrigin)
	if err != nil {
		t.Fatal(err)
	}
	return &theirLog{folder: filepath.Join(t.TempDir(), "log"), skey: skey, vkey: vkey}
}

// add runs the log with a trust policy, appends `n` entries, and answers the checkpoint with which
// the last one was published.
func (l *theirLog) add(t testing.TB, policy string, n int) []byte {
	t.Helper()
	group, err := tessera.NewWitnessGroupFromPolicy([]byte(policy))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(l.skey)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	driver, err := posix.New(ctx, posix.Config{Path: l.folder})
	if err != nil {
		t.Fatal(err)
	}
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, tessera.NewAppendOptions().
		WithCheckpointSigner(signer).WithBatching(16, 10*time.Millisecond).
		WithCheckpointInterval(100*time.Millisecond).WithWitnesses(group, nil))
	if err != nil {
		t.Fatal(err)
	}
	published := tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, 10*time.Millisecond)
	futures := make([]tessera.IndexFuture, n)
	for i := range futures {
		futures[i] = appender.Add(ctx, tessera.NewEntry(fmt.Appendf(nil, "entry %d", i)))
	}
	var checkpoint []byte
	for _, future := range futures {
		if _, checkpoint, err = published.Await(ctx, future); err != nil {
			t.Fatalf("their log published nothing: %v", err)
		}
	}
	if err := shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	if !group.Satisfied(checkpoint) {
		t.Fatalf("their log published without its quorum:\n%s", checkpoint)
	}
	return checkpoint
}

func TestOurWitnessesCosignTheirLog(t *testing.T) {
	theirs := newLog(t)
	var vkeys, urls []string
	for n := 1; n <= 3; n++ {
		vkey, address, _ := cluster.StartWitness(t, filepath.Join(t.TempDir(), "witness"),
			fmt.Sprintf("w%d.example", n), []string{theirs.vkey})
		vkeys, urls = append(vkeys, vkey), append(urls, "http://"+address)
	}
	policy := func(witnesses int) string {
		text, names := "log "+theirs.vkey+"\n", ""
		for i := range witnesses {
			text += fmt.Sprintf("witness w%d %s %s\n", i+1, vkeys[i], urls[i])
			names += fmt.Sprintf(" w%d", i+1)
		}
		return text + "group all-of-them all" + names + "\nquorum all-of-them\n"
	}
	theirs.add(t, policy(2), 40)
	// The third witness never heard of the log: their client learns that from its 409.
	checkpoint := theirs.add(t, policy(3), 300)

	parsed, _, _, err := log.ParseCheckpoint(checkpoint, theirOrigin, verifier(t, theirs.vkey))
	if err != nil {
		t.Fatal(err)
	}
	if parsed.Size != 340 {
		t.Errorf("their log has %d entries, not 340", parsed.Size)
	}
	for i, at := range urls {
		latest := monitored(t, at)
		if seen, _, _, err := log.ParseCheckpoint(latest, theirOrigin, verifier(t, theirs.vkey)); err !=
			nil || seen.Size < parsed.Size {
			t.Errorf("witness %d holds another checkpoint (%v):\n%s", i+1, err, latest)
		}
	}
}

// monitored is the latest checkpoint of their log that a witness shows to monitors.
func monitored(t testing.TB, witness string) []byte {
	t.Helper()
	response, err := http.Get(fmt.Sprintf("%s/%x/checkpoint", witness,
		sha256.Sum256([]byte(theirOrigin))))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK ||
		!strings.HasPrefix(string(body), theirOrigin+"\n") {
		t.Fatalf("%d, %v\n%s", response.StatusCode, err, body)
	}
	return body
}
