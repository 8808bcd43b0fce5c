// SPDX-License-Identifier: Apache-2.0

package torchwood

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"

	"candor/tests/interop/cluster"
	"candor/tests/interop/tamper"
)

const witnessName = "w1.example"

func startOurWitness(t testing.TB, logs ...*theirLog) (vkey, url string) {
	t.Helper()
	var vkeys []string
	for _, log := range logs {
		vkeys = append(vkeys, log.vkey)
	}
	vkey, address, _ := cluster.StartWitness(t, filepath.Join(t.TempDir(), "witness"), witnessName,
		vkeys)
	return vkey, "http://" + address
}

func witnessPolicy(t testing.TB, log *theirLog, vkey string) torchwood.Policy {
	t.Helper()
	return parsePolicy(t, fmt.Sprintf("log %s\nwitness w1 %s\nquorum w1\n", log.vkey, vkey))
}

// cosigned verifies a witness's answer as the log that asked would.
func cosigned(t testing.TB, policy torchwood.Policy, checkpoint string, got answer) *note.Note {
	t.Helper()
	if got.status != http.StatusOK {
		t.Fatalf("%d\n%s", got.status, got.body)
	}
	_, opened, err := torchwood.VerifyCheckpoint([]byte(checkpoint+got.body), policy)
	if err != nil {
		t.Fatalf("their log can not verify the cosignature: %v\n%s", err, got.body)
	}
	return opened
}

func TestOurWitnessCosignsTheirLog(t *testing.T) {
	log := newTheirLog(t, "torchwood.example/log")
	log.grow(t, 600, "")
	vkey, url := startOurWitness(t, log)
	policy := witnessPolicy(t, log, vkey)

	before := time.Now().Unix()
	old := int64(0)
	for _, size := range []int64{0, 0, 1, 1, 2, 3, 4, 7, 8, 9, 31, 64, 255, 256, 257, 511, 600, 600} {
		checkpoint := log.checkpoint(t, size)
		got := addCheckpoint(t, url, log.extend(t, old, size))
		opened := cosigned(t, policy, checkpoint, got)
		for _, signature := range opened.Sigs {
			if signature.Name != witnessName {
				continue
			}
			at, err := torchwood.CosignatureTimestamp(signature)
			if err != nil || at < before || at > time.Now().Unix() {
				t.Fatalf("cosigned at %d, %v", at, err)
			}
		}
		if latest, _, err := torchwood.VerifyCheckpoint(monitored(t, url, log.origin), policy); err !=
			nil || latest.N != size || latest.Hash != log.root(t, size) {
			t.Fatalf("monitors see size %d instead of %d: %v", latest.N, size, err)
		}
		old = size
	}
	// Several signatures, ours among them: a log that sends all that it has.
	checkpoint := string(monitored(t, url, log.origin))
	cosigned(t, policy, checkpoint[:strings.LastIndex(checkpoint, "— "+witnessName)],
		addCheckpoint(t, url, body(600, nil, checkpoint)))
}

// monitored is what a witness serves monitors as the latest checkpoint of a log.
func monitored(t testing.TB, witness, origin string) []byte {
	t.Helper()
	response, err := http.Get(fmt.Sprintf("%s/%x/checkpoint", witness, sha256.Sum256([]byte(origin))))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%d, %v\n%s", response.StatusCode, err, content)
	}
	return content
}

func TestOneChangedDigitFailsTheCosignature(t *testing.T) {
	log := newTheirLog(t, "torchwood.example/log")
	log.grow(t, 5, "")
	vkey, url := startOurWitness(t, log)
	policy := witnessPolicy(t, log, vkey)
	checkpoint := log.checkpoint(t, 5)
	whole := []byte(checkpoint + addCheckpoint(t, url, log.extend(t, 0, 5)).body)
	if _, _, err := torchwood.VerifyCheckpoint(whole, policy); err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(whole, []byte("— "+witnessName+" ")) + len("— "+witnessName+" ")
	for name, digit := range map[string]int{"key id": 1, "time": 12, "signature": 60} {
		changed := tamper.SwapBase64("", func([]byte) int { return at + digit })("", bytes.Clone(whole))
		if bytes.Equal(changed, whole) {
			t.Fatalf("%s was not changed", name)
		}
		if _, _, err := torchwood.VerifyCheckpoint(changed, policy); err == nil {
			t.Errorf("torchwood did not see that the %s was changed", name)
		}
	}
}

// A request that both witnesses get, and the status that the standard demands.
type witnessCase struct {
	name, request string
	status        int
	body          string // if not empty, the whole answer
	// litewitness's own way is known to be another: its answer is only reported.
	differs bool
}

// Our witness and litewitness side by side: the same requests, the same answers.
func TestBothWitnessesAnswerAlike(t *testing.T) {
	log := newTheirLog(t, "torchwood.example/log")
	fork := &theirLog{origin: log.origin, vkey: log.vkey, signer: log.signer}
	log.grow(t, 100, "")
	fork.grow(t, 100, "of another history")
	stranger := newTheirLog(t, "stranger.example/log")
	stranger.grow(t, 100, "")
	impostor := newTheirLog(t, log.origin) // the origin, with a key that nobody knows
	impostor.grow(t, 100, "")

	_, ours := startOurWitness(t, log)
	lite := newLiteWitness(t, liteName, log.vkey)
	lite.start(t)
	for _, c := range commonCases(t, log, fork, stranger, impostor) {
		t.Run(c.name, func(t *testing.T) {
			compare(t, c, addCheckpoint(t, ours, c.request), addCheckpoint(t, lite.url, c.request))
		})
	}
}

func compare(t *testing.T, c witnessCase, ours, theirs answer) {
	if ours.status != c.status || (c.body != "" && ours.body != c.body) {
		t.Errorf("our witness: %d, not %d\n%s", ours.status, c.status, ours.body)
	}
	if c.differs {
		t.Logf("litewitness: %d %q; the standard and ours: %d", theirs.status, theirs.body, c.status)
		return
	}
	if theirs.status != ours.status || (c.body != "" && theirs.body != ours.body) {
		t.Errorf("litewitness: %d %q; ours: %d %q", theirs.status, theirs.body, ours.status, ours.body)
	}
	const sizeType = "text/x.tlog.size"
	if c.status == http.StatusConflict && (ours.contentType != sizeType ||
		theirs.contentType != sizeType) {
		t.Errorf("content types %q and %q", ours.contentType, theirs.contentType)
	}
}

// commonCases run in this order: what a witness answers depends on what it has cosigned.
func commonCases(t *testing.T, log, fork, stranger, impostor *theirLog) []witnessCase {
	signed := log.checkpoint(t, 20)
	at := strings.LastIndex(signed, " ") + 30
	changed := string(tamper.SwapBase64("", func([]byte) int { return at })("", []byte(signed)))
	wrong := log.proof(t, 10, 20)
	wrong[0] = log.root(t, 3).String()
	many := make([]string, 64)
	for i := range many {
		many[i] = log.root(t, 1).String()
	}
	return []witnessCase{
		{name: "unknown origin", request: stranger.extend(t, 0, 10), status: 404},
		{name: "unknown key", request: impostor.extend(t, 0, 10), status: 403},
		{name: "no signature at all", status: 400, differs: true,
			request: body(0, nil, strings.SplitAfter(log.checkpoint(t, 10), "\n\n")[0])},
		{name: "nothing yet, asked to extend", request: log.extend(t, 5, 10), status: 409, body: "0\n"},
		{name: "first", request: log.extend(t, 0, 10), status: 200},
		{name: "first again", request: log.extend(t, 0, 10), status: 409, body: "10\n"},
		{name: "same size again", request: log.extend(t, 10, 10), status: 200},
		{name: "same size, another root", request: fork.extend(t, 10, 10), status: 422},
		{name: "another history", request: fork.extend(t, 10, 20), status: 422},
		{name: "wrong proof", request: body(10, wrong, signed), status: 422},
		{name: "no proof", request: body(10, nil, signed), status: 422},
		{name: "proof too long", status: 422,
			request: body(10, append(log.proof(t, 10, 20), wrong[0]), signed)},
		{name: "more than 63 proof lines", request: body(10, many, signed), status: 400},
		{name: "proof line is not base64", request: body(10, []string{"?"}, signed), status: 400},
		{name: "proof line is not a hash", request: body(10, []string{"AAAA"}, signed), status: 400},
		{name: "old size beyond the checkpoint", request: body(21, nil, signed), status: 400},
		{name: "old size negative", request: body(-1, nil, signed), status: 400},
		{name: "no old line", request: signed, status: 400},
		{name: "empty body", request: "", status: 400},
		{name: "changed signature", status: 403, request: body(10, log.proof(t, 10, 20), changed)},
		{name: "extended", request: log.extend(t, 10, 20), status: 200},
		{name: "smaller checkpoint", request: body(20, nil, log.checkpoint(t, 10)), status: 400},
		{name: "stale old size", request: log.extend(t, 10, 30), status: 409, body: "20\n"},
		{name: "larger step", request: log.extend(t, 20, 100), status: 200},
	}
}

// Where the standard demands more than litewitness does, each on a log of its own: only ours is
// asserted, theirs is reported and may change.
func TestWhereLitewitnessDiffers(t *testing.T) {
	logs := make([]*theirLog, 6)
	vkeys := make([]string, len(logs))
	for i := range logs {
		logs[i] = newTheirLog(t, fmt.Sprintf("torchwood.example/log%d", i))
		logs[i].grow(t, 20, "")
		vkeys[i] = logs[i].vkey
	}
	_, ours := startOurWitness(t, logs...)
	lite := newLiteWitness(t, liteName, vkeys...)
	lite.start(t)
	one := []string{logs[0].root(t, 1).String()}
	cases := []witnessCase{
		{name: "a proof where none is needed", status: 422,
			request: body(0, one, logs[0].checkpoint(t, 10))},
		{name: "an empty tree with a wrong root", status: 422,
			request: body(0, nil, logs[1].sign(t, 0, logs[1].root(t, 1)))},
		{name: "signed, but no checkpoint", status: 400,
			request: body(0, nil, logs[2].signText(t, logs[2].origin+"\nten\n\n"))},
		{name: "old size with a leading zero", status: 400,
			request: strings.Replace(logs[3].extend(t, 0, 10), "old 0\n", "old 00\n", 1)},
		{name: "old size with a sign", status: 400,
			request: strings.Replace(logs[4].extend(t, 0, 10), "old 0\n", "old +0\n", 1)},
		{name: "a second separator in the frame", status: 400,
			request: strings.Replace(logs[5].extend(t, 0, 10), "old 0\n", "old 0\n\n", 1)},
	}
	for _, c := range cases {
		c.differs = true
		t.Run(c.name, func(t *testing.T) {
			compare(t, c, addCheckpoint(t, ours, c.request), addCheckpoint(t, lite.url, c.request))
		})
	}
}
