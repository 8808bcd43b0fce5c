// SPDX-License-Identifier: Apache-2.0

package badinput

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// request is bytes on a connection of their own. The server answers once, with one of the statuses,
// and closes.
type request struct {
	name, data string
	statuses   []int
}

const (
	bad      = 400
	tooLarge = 413
	tooLong  = 414
	header   = 431
	version  = 505
)

func malformed() []request {
	long := strings.Repeat("a", 64<<10)
	many := strings.Repeat("X: y\r\n", 4000)
	return []request{
		{"a line of nothing", "\r\n\r\n\r\n", []int{bad}},
		{"noise", "\x00\x01\x02\xff\xfe\r\n\r\n", []int{bad}},
		{"one word", "GET\r\n\r\n", []int{bad}},
		{"no version", "GET /\r\n\r\n", []int{bad, version}},
		{"a version of nobody", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", []int{bad, version}},
		{"HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", []int{bad, version}},
		{"HTTP/2 in words", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", []int{bad, version}},
		{"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []int{bad, version}},
		{"a lower-case version", "GET / http/1.1\r\nHost: a\r\n\r\n", []int{bad, version}},
		{"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", []int{bad}},
		{"a tab", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", []int{bad}},
		{"a space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", []int{bad, version}},
		{"bare line feeds", "GET /healthz HTTP/1.1\nHost: a\n\n", []int{bad, version}},
		{"a bare line feed in a field", "GET /healthz HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", []int{bad}},
		{"a bare carriage return", "GET /healthz HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", []int{bad}},
		{"a NUL in a value", "GET /healthz HTTP/1.1\r\nHost: a\x00\r\n\r\n", []int{bad}},
		{"a NUL in a name", "GET /healthz HTTP/1.1\r\nHost: a\r\nX\x00: y\r\n\r\n", []int{bad}},
		{"a space in a name", "GET /healthz HTTP/1.1\r\nHost: a\r\nX Y: z\r\n\r\n", []int{bad}},
		{"a space before the colon", "GET /healthz HTTP/1.1\r\nHost : a\r\n\r\n", []int{bad}},
		{"a field without a colon", "GET /healthz HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n", []int{bad}},
		{"a field without a name", "GET /healthz HTTP/1.1\r\nHost: a\r\n: y\r\n\r\n", []int{bad}},
		{"a fold before any field", "GET /healthz HTTP/1.1\r\n Host: a\r\n\r\n", []int{bad}},
		{"no Host", "GET /healthz HTTP/1.1\r\n\r\n", []int{bad}},
		{"two Hosts", "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", []int{bad}},
		{"a method of 64 KiB", long + " / HTTP/1.1\r\nHost: a\r\n\r\n", []int{bad, header}},
		{"a target of 64 KiB", "GET /" + long + " HTTP/1.1\r\nHost: a\r\n\r\n", []int{tooLong, header}},
		{"a target of 9 KiB", "GET /" + long[:9<<10] + " HTTP/1.1\r\nHost: a\r\n\r\n", []int{tooLong}},
		{"a field of 64 KiB", "GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + long + "\r\n\r\n", []int{header}},
		{"a name of 64 KiB", "GET /healthz HTTP/1.1\r\nHost: a\r\n" + long + ": x\r\n\r\n", []int{header}},
		{"4,000 fields", "GET /healthz HTTP/1.1\r\nHost: a\r\n" + many + "\r\n", []int{header}},
		{"fields without an end", "GET /healthz HTTP/1.1\r\nHost: a\r\n" + many, []int{header}},
		{"CONNECT", "CONNECT other.example:443 HTTP/1.1\r\nHost: other.example:443\r\n\r\n", []int{bad}},
		{"a target that is a name", "GET healthz HTTP/1.1\r\nHost: a\r\n\r\n", []int{bad}},
		{"an ftp target", "GET ftp://a/healthz HTTP/1.1\r\nHost: a\r\n\r\n", []int{bad}},
		{"TLS on a plain port", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + long[:600], []int{bad}},
		{"an SSH client", "SSH-2.0-OpenSSH_9.9\r\n", []int{bad}},
		{"SMTP", "EHLO a.example\r\nMAIL FROM:<a@a.example>\r\n", []int{bad}},
	}
}

// framing is a body whose end two readers may see in different places. What follows is a request of
// its own to one of them: it must not be answered.
func framing() []request {
	var all []request
	for _, fields := range []string{
		"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
		"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
		"Transfer-Encoding: gzip\r\n",
		"Transfer-Encoding: identity\r\n",
		"Transfer-Encoding: gzip, chunked\r\n",
		"Transfer-Encoding: chunked, gzip\r\n",
		"Transfer-Encoding: gzip\r\nContent-Length: 5\r\n",
		"Transfer-Encoding: xchunked\r\n",
		"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
		"Transfer-Encoding\t: chunked\r\n",
		"Transfer-Encoding: \x0bchunked\r\n",
		"Content-Length: 5\r\nContent-Length: 6\r\n",
		"Content-Length: 5\r\nContent-Length: 5\r\n",
		"Content-Length: 5, 6\r\n",
		"Content-Length: -5\r\n",
		"Content-Length: +5\r\n",
		"Content-Length: 0x5\r\n",
		"Content-Length: 5a\r\n",
		"Content-Length: \r\n",
		"Content-Length: 18446744073709551621\r\n",
		"Content-Length: 99999999999999999999999999\r\n",
	} {
		all = append(all, request{fmt.Sprintf("%q", fields), fields, []int{bad}})
	}
	return append(all,
		request{"a length of 2^64-1", "Content-Length: 18446744073709551615\r\n", []int{tooLarge}},
		request{"a length over the limit", "Content-Length: 131073\r\n", []int{tooLarge}})
}

// chunks are bodies in chunks that are none.
func chunks() []request {
	large := strings.Repeat("x", 70<<10)
	return []request{
		{"no size", "\r\nhello\r\n0\r\n\r\n", []int{bad}},
		{"a size in words", "five\r\nhello\r\n0\r\n\r\n", []int{bad}},
		{"a negative size", "-5\r\nhello\r\n0\r\n\r\n", []int{bad}},
		{"a size with 0x", "0x5\r\nhello\r\n0\r\n\r\n", []int{bad}},
		{"a size of 2^64", "10000000000000000\r\nhello\r\n0\r\n\r\n", []int{bad, tooLarge}},
		{"a size of 2^64-1", "ffffffffffffffff\r\nhello\r\n0\r\n\r\n", []int{tooLarge}},
		{"a bare line feed", "5\nhello\r\n0\r\n\r\n", []int{bad}},
		{"no line end after a chunk", "5\r\nhelloX\r\n0\r\n\r\n", []int{bad}},
		{"an extension of 200 KiB", "5;a=" + large + large + large + "\r\nhello\r\n0\r\n\r\n",
			[]int{bad, header, tooLarge}},
		{"a NUL in an extension", "5;a=\x00\r\nhello\r\n0\r\n\r\n", []int{bad}},
		{"a large chunk", "fffff\r\n" + large, []int{tooLarge}},
		{"many chunks", strings.Repeat("11800\r\n"+large+"\r\n", 3) + "0\r\n\r\n", []int{tooLarge}},
		{"trailers of 200 KiB", "5\r\nhello\r\n0\r\nX: " + large + large + large + "\r\n\r\n",
			[]int{bad, header}},
		{"a bad trailer", "5\r\nhello\r\n0\r\nX Y: z\r\n\r\n", []int{bad}},
	}
}

func TestMalformedRequests(t *testing.T) {
	f := start(t, nil)
	post := map[string]string{"log": "/add", "witness": "/add-checkpoint"}
	f.during(t, func() {
		for _, server := range f.targets() {
			start := "POST " + post[server.name] + " HTTP/1.1\r\nHost: a\r\n"
			cases := malformed()
			for _, each := range framing() {
				each.data = start + each.data + "\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
				cases = append(cases, each)
			}
			for _, each := range chunks() {
				each.name = "chunks with " + each.name
				each.data = start + "Transfer-Encoding: chunked\r\n\r\n" + each.data
				cases = append(cases, each)
			}
			for _, each := range cases {
				t.Run(server.name+"/"+each.name, func(t *testing.T) {
					answer := say(t, server.address, each.data)
					if !slices.Contains(each.statuses, statusOf(answer)) || responses(answer) != 1 {
						t.Errorf("answered %d times, first %.300q", responses(answer), answer)
					}
				})
			}
		}
	})
}

// ask sends one request and wants the connection closed after its answer.
func ask(t *testing.T, server target, method, path, fields, body string) string {
	t.Helper()
	return say(t, server.address, fmt.Sprintf(
		"%s %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n%s\r\n%s", method, path,
		len(body), fields, body))
}

// Well-formed requests for what is not there.
func TestWhatIsNotThere(t *testing.T) {
	f := start(t, nil)
	f.during(t, func() {
		for _, server := range f.targets() {
			for _, method := range []string{"PUT", "DELETE", "PATCH", "TRACE", "BREW", "get",
				"PROPFIND", "M-SEARCH"} {
				if got := statusOf(ask(t, server, method, "/healthz", "", "")); got != 405 && got != 400 {
					t.Errorf("%s: %s /healthz: %d", server.name, method, got)
				}
			}
			for _, path := range []string{"/", "//healthz", "/healthz/", "/./healthz", "/x/../healthz",
				"/%68ealthz", "/healthz%00", "/healthz;x", "/HEALTHZ", "/..%2f..%2fetc/passwd",
				"/tile/../../../etc/passwd", "/tile/0/..%2f000", "/tile/0/x001/..", "/tile/64/000",
				"/tile/-1/000", "/tile/0/18446744073709551616", "/tile/entries/000.p/0",
				"/tile/entries/000.p/257", "/\xff\xfe", "/%", "/?", "/add/x", "/blob/sha256/zz",
				"http://other.example/nothing", "/" + strings.Repeat("a/", 3000)} {
				got := statusOf(ask(t, server, "GET", path, "", ""))
				if got != 404 && got != 400 {
					t.Errorf("%s: GET %.60q: %d", server.name, path, got)
				}
			}
			if got := statusOf(ask(t, server, "GET", "http://other.example/healthz", "", "")); got != 200 {
				t.Errorf("%s: the absolute form: %d", server.name, got)
			}
		}
	})
}

// What a client sends must not come back as fields or further responses.
func TestHeaderInjection(t *testing.T) {
	f := start(t, nil)
	const evil = "%0d%0aX-Evil:%20yes%0d%0a%0d%0aHTTP/1.1%20200%20OK"
	for _, server := range f.targets() {
		for _, path := range []string{"/" + evil, "/healthz?" + evil, "/tile/" + evil, "/add?key=" + evil,
			"/tile/0/000?" + evil} {
			answer := ask(t, server, "GET", path, "Origin: http://x"+evil+"\r\nRange: bytes="+evil+
				"\r\nIf-None-Match: \""+evil+"\"\r\nAccept-Encoding: "+evil+"\r\n", "")
			if strings.Contains(answer, "\nX-Evil") || responses(answer) != 1 {
				t.Errorf("%s: GET %s: %q", server.name, path, answer)
			}
		}
	}
}

func bomb(t *testing.T) string {
	t.Helper()
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	zeros := make([]byte, 1<<20)
	for range 64 {
		if _, err := writer.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}

// Bodies of the wrong kind and size.
func TestBodies(t *testing.T) {
	f := start(t, nil)
	deep := strings.Repeat("[", 60_000)
	packed := bomb(t)
	for _, test := range []struct {
		name, fields, body string
		statuses           []int
	}{
		{"nothing", "", "", []int{400}},
		{"noise", "Content-Type: image/png\r\n", "\x89PNG\r\n\x1a\n", []int{400}},
		{"a form", "Content-Type: multipart/form-data; boundary=x\r\n", "--x\r\n\r\nhello\r\n--x--\r\n",
			[]int{400}},
		{"a wrong and long type", "Content-Type: " + strings.Repeat("a/b;", 2000) + "\r\n", "{}",
			[]int{400}},
		{"depth", "Content-Type: application/json\r\n", deep, []int{400}},
		{"a number of 120 KiB", "", `{"a":` + strings.Repeat("9", 120<<10) + "}", []int{400}},
		{"128 KiB", "", strings.Repeat(" ", 128<<10), []int{400}},
		{"128 KiB and one", "", strings.Repeat(" ", 128<<10+1), []int{413}},
		{"8 MiB", "", strings.Repeat("x", 8<<20), []int{413}},
		{"a gzip bomb", "Content-Encoding: gzip\r\n", packed, []int{400, 415}},
		{"a gzip bomb without its name", "", packed, []int{400}},
		{"two codings", "Content-Encoding: gzip, br\r\n", packed, []int{400, 415}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f.during(t, func() {
				for server, path := range map[*target]string{&f.log: "/add", &f.witness: "/add-checkpoint"} {
					answer := ask(t, *server, "POST", path, test.fields, test.body)
					if !slices.Contains(test.statuses, statusOf(answer)) {
						t.Errorf("%s: %.300q", server.name, answer)
					}
				}
			})
		})
	}
}
