// SPDX-License-Identifier: Apache-2.0

// Package tamper puts a dishonest server between a log and whoever reads it, to show that the
// reader's checks can fail.
package tamper

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync/atomic"
	"testing"

	"candor/tests/interop/cluster"
)

// Change answers what is served at `path` instead of `body`; it may alter `body` itself.
type Change func(path string, body []byte) []byte

// Proxy serves what another server serves, except for what its Change alters.
type Proxy struct {
	URL     string
	altered atomic.Int64
}

// Altered is how many answers were not as the server gave them. A test of a refusal asks for it:
// a reader that never saw the altered bytes proves nothing.
func (p *Proxy) Altered() int64 { return p.altered.Load() }

// Start starts a Proxy in front of the server at `target`; it ends with the test.
func Start(t testing.TB, target string, change Change) *Proxy {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{}
	p.URL = cluster.Serve(t, &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Header.Set("Accept-Encoding", "identity") // the change sees the plain bytes
		},
		ModifyResponse: func(r *http.Response) error { return p.alter(r, change) },
	})
	return p
}

func (p *Proxy) alter(r *http.Response, change Change) error {
	honest, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	_ = r.Body.Close() // it was read to its end
	served := change(r.Request.URL.Path, bytes.Clone(honest))
	if !bytes.Equal(served, honest) {
		p.altered.Add(1)
	}
	r.Body = io.NopCloser(bytes.NewReader(served))
	r.ContentLength = int64(len(served))
	r.Header.Set("Content-Length", strconv.Itoa(len(served)))
	return nil
}

// FlipByte is a Change of one bit in the byte that `at` chooses of what is served at `path`.
func FlipByte(path string, at func(body []byte) int) Change {
	return func(served string, body []byte) []byte {
		if served == path && len(body) > 0 {
			body[at(body)] ^= 0x01
		}
		return body
	}
}

// SwapBase64 is a Change of one base64 digit into another that decodes as well: the text keeps its
// form, and what it encodes differs.
func SwapBase64(path string, at func(body []byte) int) Change {
	return func(served string, body []byte) []byte {
		if served == path && len(body) > 0 {
			if i := at(body); body[i] == 'A' {
				body[i] = 'B'
			} else {
				body[i] = 'A'
			}
		}
		return body
	}
}
