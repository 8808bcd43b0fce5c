// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"candor/tests/interop/cluster"
	"candor/tests/interop/entry"
	"candor/tests/interop/golog"
)

// forward serves what `url` serves, and changes what is at one path.
func forward(t testing.TB, client *http.Client, url, path string,
	change func([]byte) []byte) string {
	t.Helper()
	return cluster.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		response, err := client.Get(url + r.URL.Path)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		if r.URL.Path == path {
			body = change(body)
		}
		w.WriteHeader(response.StatusCode)
		_, _ = w.Write(body) // a reader that went away is no failure here
	}))
}

// get is what is served.
func get(t testing.TB, url string) []byte {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s %v", url, response.Status, err)
	}
	return body
}

// These show that the checks above can fail.
func (l *ours) changedTile(t *testing.T) {
	tree := l.at(t, everySize)
	for _, path := range []string{"/tile/0/000", "/tile/0/001.p/44", "/tile/1/000.p/1"} {
		for _, at := range []int{0, 17, -1} {
			proxy := forward(t, l.HTTP, l.URL, path, func(tile []byte) []byte {
				return entry.Changed(tile, at)
			})
			reader := tlog.TileHashReader(tree, &httpTiles{client: http.DefaultClient, url: proxy})
			_, err := reader.ReadHashes(leaves(0, everySize))
			if err == nil || !strings.Contains(err.Error(), "inconsistent tile") {
				t.Errorf("byte %d of %s changed: %v", at, path, err)
			}
		}
	}
}

// ownSignature is where the line of a log's signature begins and ends in a checkpoint.
func ownSignature(checkpoint []byte) (start, end int) {
	start = bytes.Index(checkpoint, []byte("\n\n")) + 2
	return start, start + bytes.IndexByte(checkpoint[start:], '\n')
}

func (l *ours) changedCheckpoint(t *testing.T) {
	_, end := ownSignature(l.Fetch("/checkpoint"))
	for at := range end {
		changed := get(t, forward(t, l.HTTP, l.URL, "/checkpoint", func(checkpoint []byte) []byte {
			if at == end-2 { // the last digit, whose unused bits the library ignores
				return entry.Redigit(t, checkpoint, at, false)
			}
			return entry.Changed(checkpoint, at)
		})+"/checkpoint")
		if _, _, err := open(changed, l.Origin, l.verifier); err == nil {
			t.Errorf("byte %d of the checkpoint changed, and it still opens:\n%s", at, changed)
		}
	}
}

// The last digit of a signature has bits that padded base64 has no use for. The library reads such a
// signature whatever they are; for our programs it is malformed, as only one text stands for a note.
func TestUnusedBitsOfBase64(t *testing.T) {
	const index, size = 1, 3
	log := golog.NewReleases(t)
	for range size {
		log.AppendRelease(t)
	}
	honest := log.Checkpoint(t, size)
	_, end := ownSignature(honest)
	lenient := entry.Redigit(t, honest, end-2, true)
	if _, _, err := open(lenient, log.Origin, log.Verifier); err != nil {
		t.Errorf("the library has become strict: %v", err)
	}
	w := startWitness(t, log.Log)
	w.refuse(t, http.StatusBadRequest, "unused bits", 0, nil, lenient)
	proof := entry.Proof(index, golog.Inclusion(t, log, size, index), lenient, log.Release(t, index))
	if code, out := log.Verify(t, index, proof); code == 0 {
		t.Errorf("unused bits in the checkpoint's signature: %s", out)
	}
	w.accept(t, log.Log, 0, nil, honest)
}
