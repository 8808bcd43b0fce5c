// SPDX-License-Identifier: Apache-2.0

package badinput

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// trickle sends one byte after the other, paced by the server's silence, until the server closes or
// `patience` is over.
func trickle(connection net.Conn, data string) {
	answer := make([]byte, 4096)
	for i := 0; ; i++ {
		if _, err := io.WriteString(connection, data[i%len(data):i%len(data)+1]); err != nil {
			return
		}
		_ = connection.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		if _, err := connection.Read(answer); err != nil {
			if timeout, is := err.(net.Error); is && timeout.Timeout() {
				continue
			}
			return
		}
	}
}

// Whoever is slow is cut off by the configured limit, however it trickles on; all at once, so that
// the test takes as long as the longest limit.
func TestSlowPeersAreCutOff(t *testing.T) {
	f := start(t, shortLimits)
	const post = "POST /%s HTTP/1.1\r\nHost: a\r\n"
	names := map[string]string{"log": "add", "witness": "add-checkpoint"}
	attacks := map[string]func(connection net.Conn, path string){
		"says nothing":     func(net.Conn, string) {},
		"begins":           func(c net.Conn, _ string) { send(c, "G") },
		"slow header":      func(c net.Conn, _ string) { send(c, "GET / HTTP/1.1\r\n"); trickle(c, "X: yyyy\r\n") },
		"slow target":      func(c net.Conn, _ string) { send(c, "GET /"); trickle(c, "a") },
		"slow first line":  func(c net.Conn, _ string) { trickle(c, "\r\n") },
		"slow body":        func(c net.Conn, p string) { send(c, p+"Content-Length: 9999\r\n\r\n"); trickle(c, "x") },
		"no body":          func(c net.Conn, p string) { send(c, p+"Content-Length: 9999\r\n\r\n") },
		"slow chunks":      func(c net.Conn, p string) { send(c, p+"Transfer-Encoding: chunked\r\n\r\n"); trickle(c, "1\r\nx\r\n") },
		"slow chunk size":  func(c net.Conn, p string) { send(c, p+"Transfer-Encoding: chunked\r\n\r\n"); trickle(c, "0") },
		"never goes on":    func(c net.Conn, p string) { send(c, p+"Expect: 100-continue\r\nContent-Length: 99\r\n\r\n") },
		"idle after one":   func(c net.Conn, _ string) { send(c, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n") },
		"half a TLS hello": func(c net.Conn, _ string) { send(c, "\x16\x03\x01\x02") },
	}
	f.during(t, func() {
		var all sync.WaitGroup
		for _, server := range f.targets() {
			for name, attack := range attacks {
				connection := connect(t, server.address)
				all.Go(func() {
					attack(connection, fmt.Sprintf(post, names[server.name]))
					_ = connection.SetDeadline(time.Now().Add(patience))
					if _, err := io.Copy(io.Discard, connection); errors.Is(err, os.ErrDeadlineExceeded) {
						t.Errorf("%s: %s: the connection stays open", server.name, name)
					}
				})
			}
		}
		all.Wait()
	})
}

// A reader that does not read is cut off too, and holds no more than the sockets' buffers.
func TestReadersThatDoNotRead(t *testing.T) {
	f := start(t, shortLimits)
	f.Grow(f.vendor, 256)
	f.during(t, func() {
		ask := strings.Repeat("GET /tile/entries/000 HTTP/1.1\r\nHost: a\r\n\r\n", 2000)
		var all sync.WaitGroup
		for range 16 {
			connection := connect(t, f.log.address)
			all.Go(func() {
				_ = connection.SetReadBuffer(4096)
				send(connection, ask) // ends when the server closes: it answers nothing more
			})
		}
		all.Wait()
	})
}

// More silent connections than the server takes: those that wait longest make room.
func TestManyIdleConnections(t *testing.T) {
	limits := append([]string{}, shortLimits...)
	for i := range limits { // only the number is short
		if limits[i] == "1s" || limits[i] == "2s" {
			limits[i] = "10m"
		}
	}
	f := start(t, limits)
	f.during(t, func() {
		for _, server := range f.targets() {
			for i := range 400 {
				connection := connect(t, server.address)
				switch i % 4 {
				case 1:
					send(connection, "GET /healthz HTTP/1.1\r\nHost:")
				case 2:
					send(connection, "POST /add HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n{")
				case 3:
					send(connection, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
				}
				if i%50 != 0 {
					continue
				}
				if err := server.probe(); err != nil {
					t.Fatalf("after %d: %v", i, err)
				}
			}
		}
	})
}

// Every request of a pipeline is answered, in order, and the first bad one ends it.
func TestPipelines(t *testing.T) {
	f := start(t, nil)
	const good = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
	f.during(t, func() {
		for _, server := range f.targets() {
			answer := say(t, server.address, strings.Repeat(good, 500)+
				"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"+"NONSENSE\r\n\r\n"+strings.Repeat(good, 500))
			if responses(answer) != 502 || strings.Count(answer, "HTTP/1.1 200 ") != 500 {
				t.Errorf("%s: %d answers", server.name, responses(answer))
			}
			inOrder := strings.LastIndex(answer, "HTTP/1.1 200 ") < strings.Index(answer, "HTTP/1.1 404 ") &&
				strings.Index(answer, "HTTP/1.1 404 ") < strings.Index(answer, "HTTP/1.1 400 ")
			if !inOrder {
				t.Errorf("%s: not in order", server.name)
			}
		}
	})
}

// A peer that closed its own side still gets its answer; one that resets costs nothing.
func TestHalfClosedAndReset(t *testing.T) {
	f := start(t, nil)
	f.during(t, func() {
		for _, server := range f.targets() {
			for _, path := range []string{"/healthz", "/readyz", "/metrics", server.healthy} {
				connection := connect(t, server.address)
				send(connection, "GET "+path+" HTTP/1.1\r\nHost: a\r\n\r\n")
				_ = connection.CloseWrite()
				if answer := readAll(t, connection); statusOf(answer) != http.StatusOK {
					t.Errorf("%s: GET %s, half closed: %.200q", server.name, path, answer)
				}
			}
			for _, part := range []string{"", "GET /metr", "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n",
				"POST /add HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n{"} {
				for range 50 {
					connection := connect(t, server.address)
					send(connection, part)
					_ = connection.SetLinger(0) // a reset instead of a farewell
					_ = connection.Close()
				}
			}
		}
	})
}
