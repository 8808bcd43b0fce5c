// SPDX-License-Identifier: Apache-2.0

package badinput

import (
	"bytes"
	"encoding/binary"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

const method = "/candor.v1.LogService/GetCheckpoint"

// h2 is a connection that says HTTP/2 frames, good or bad.
type h2 struct {
	*http2.Framer
	connection *net.TCPConn
	packed     bytes.Buffer
	packer     *hpack.Encoder
}

func (f *fixture) h2(t *testing.T) *h2 {
	t.Helper()
	c := &h2{connection: connect(t, f.GRPC)}
	send(c.connection, http2.ClientPreface)
	c.Framer = http2.NewFramer(c.connection, c.connection)
	c.AllowIllegalWrites = true
	c.packer = hpack.NewEncoder(&c.packed)
	_ = c.WriteSettings()
	return c
}

// fields are the packed header of a call, with further fields or other values.
func (c *h2) fields(pairs ...string) []byte {
	c.packed.Reset()
	all := []string{":method", "POST", ":scheme", "http", ":path", method, ":authority", "a",
		"content-type", "application/grpc", "te", "trailers"}
	for i := 0; i < len(pairs); i += 2 {
		if at := indexOf(all, pairs[i]); at >= 0 {
			all[at+1] = pairs[i+1]
		} else {
			all = append(all, pairs[i], pairs[i+1])
		}
	}
	for i := 0; i < len(all); i += 2 {
		_ = c.packer.WriteField(hpack.HeaderField{Name: all[i], Value: all[i+1]})
	}
	return c.packed.Bytes()
}

func indexOf(pairs []string, name string) int {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == name {
			return i
		}
	}
	return -1
}

func (c *h2) call(stream uint32, fields []byte) error {
	return c.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: fields,
		EndHeaders: true})
}

// outcome reads until the call on stream 1 or the connection has ended, and says how: the status that
// gRPC or HTTP gave, or the frame that ended it.
func (c *h2) outcome(t *testing.T) string {
	t.Helper()
	unpacker := hpack.NewDecoder(4096, nil)
	result := "closed"
	for {
		frame, err := c.ReadFrame()
		if err != nil {
			if timeout, is := err.(net.Error); is && timeout.Timeout() {
				t.Error("the server neither answers nor closes")
			}
			return result
		}
		switch is := frame.(type) {
		case *http2.SettingsFrame:
			if !is.IsAck() {
				_ = c.WriteSettingsAck()
			}
		case *http2.HeadersFrame:
			fields, err := unpacker.DecodeFull(is.HeaderBlockFragment())
			if err != nil {
				t.Fatal(err)
			}
			for _, field := range fields {
				if field.Name == "grpc-status" || field.Name == ":status" && field.Value != "200" {
					result = field.Name + " " + field.Value
				}
			}
			if is.StreamEnded() {
				return result
			}
		case *http2.RSTStreamFrame:
			return "reset " + is.ErrCode.String()
		case *http2.GoAwayFrame:
			return "away " + is.ErrCode.String()
		}
	}
}

// message is gRPC's frame around a message that says to have `length` bytes.
func message(flag byte, length uint32, body string) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{flag}, length), body...)
}

// Frames that break a rule. The server ends the call or the connection; nobody else is hurt.
func TestHTTP2(t *testing.T) {
	f := start(t, nil)
	long := strings.Repeat("v", 10<<10)
	one := func(fields ...string) func(c *h2) {
		return func(c *h2) {
			_ = c.call(1, c.fields(fields...))
			_ = c.WriteData(1, true, message(0, 0, ""))
		}
	}
	body := func(data []byte) func(c *h2) {
		return func(c *h2) {
			_ = c.call(1, c.fields())
			_ = c.WriteData(1, true, data)
		}
	}
	// What gRPC for C++ makes of each: some rules it does not mind.
	served, refused := []string{"grpc-status 0"}, []string{"grpc-status 12"}
	failed, answered := []string{"grpc-status 14", "reset", "away"}, []string{"grpc-status"}
	cases := map[string]struct {
		attack func(c *h2)
		want   []string // parts of the outcome; without any it only has to end
	}{
		"an honest call":      {one(), served},
		"a wrong method":      {one(":method", "GET"), answered},
		"a wrong type":        {one("content-type", "application/json"), answered},
		"no type":             {one("content-type", ""), answered},
		"an unknown path":     {one(":path", "/a/b"), refused},
		"a path of noise":     {one(":path", "\x01\xff"), refused},
		"no path":             {one(":path", ""), refused},
		"a bad timeout":       {one("grpc-timeout", "forever"), answered},
		"a negative timeout":  {one("grpc-timeout", "-5S"), answered},
		"an unknown coding":   {one("grpc-encoding", "zip of death"), answered},
		"a known coding":      {one("grpc-encoding", "gzip"), refused},
		"an upper-case name":  {one("X-Upper", "v"), answered},
		"a pseudo field":      {one(":other", "v"), answered},
		"a field of the hop":  {one("connection", "close"), answered},
		"line ends in values": {one("x", "a\r\nb: c"), answered},
		"a large field":       {one("x", long, "y", long), failed},
		"no message":          {body(nil), refused},
		"half a message":      {body(message(0, 100, "half")), refused},
		"a message of 4 GiB":  {body(message(0, 1<<32-1, "x")), refused},
		"an unknown flag":     {body(message(0x7f, 1, "x")), answered},
		"a packed message":    {body(message(1, 1, "x")), refused},
		"bytes of nothing":    {body(message(0, 4, "\xff\xff\xff\xff")), refused},
		"two messages":        {body(append(message(0, 0, ""), message(0, 0, "")...)), answered},
		"data of no call":     {func(c *h2) { _ = c.WriteData(1, true, []byte("x")) }, nil},
		"an even stream":      {func(c *h2) { _ = c.call(2, c.fields()) }, nil},
		"stream nought":       {func(c *h2) { _ = c.call(0, c.fields()) }, nil},
		"a noisy header":      {func(c *h2) { _ = c.call(1, []byte("\xff\xff\xff\xff\xff\xff\xff\xff")) }, failed},
		"a frame of 1 MiB":    {func(c *h2) { _ = c.WriteRawFrame(http2.FrameData, 0, 1, make([]byte, 1<<20)) }, nil},
		"a window of 2^31":    {func(c *h2) { _ = c.WriteWindowUpdate(0, 1<<31-1); _ = c.WriteWindowUpdate(0, 1<<31-1) }, nil},
		"a bad setting": {func(c *h2) {
			_ = c.WriteSettings(http2.Setting{ID: http2.SettingMaxFrameSize, Val: 1})
		}, nil},
		"a push from the client": {func(c *h2) {
			_ = c.WritePushPromise(http2.PushPromiseParam{StreamID: 1, PromiseID: 2, EndHeaders: true})
		}, nil},
		"a second preface": {func(c *h2) { send(c.connection, http2.ClientPreface) }, nil},
		"HTTP/1.1":         {func(c *h2) { send(c.connection, "GET / HTTP/1.1\r\nHost: a\r\n\r\n") }, nil},
	}
	f.during(t, func() {
		for name, test := range cases {
			t.Run(name, func(t *testing.T) {
				c := f.h2(t)
				test.attack(c)
				if len(test.want) == 0 { // perhaps the server waits for more; with this it has it all
					_ = c.connection.CloseWrite()
				}
				got := c.outcome(t)
				fits := func(part string) bool { return strings.HasPrefix(got, part) }
				if len(test.want) > 0 && !slices.ContainsFunc(test.want, fits) {
					t.Errorf("%s, not one of %v", got, test.want)
				}
			})
		}
	})
}

// What is no HTTP/2 at all on the gRPC port.
func TestNoiseOnTheGRPCPort(t *testing.T) {
	f := start(t, nil)
	f.during(t, func() {
		for name, noise := range map[string]string{
			"HTTP/1.1":      "GET / HTTP/1.1\r\nHost: a\r\n\r\n" + strings.Repeat(" ", 1000),
			"TLS":           "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + strings.Repeat("x", 1000),
			"noise":         strings.Repeat("\x00\xff", 1000),
			"a bad preface": http2.ClientPreface[:20] + strings.Repeat("y", 1000),
		} {
			t.Run(name, func(t *testing.T) { say(t, f.GRPC, noise) })
		}
		for range 200 { // half of a preface, then silence
			send(connect(t, f.GRPC), http2.ClientPreface[:10])
		}
	})
}

// Many cheap frames; small in number, so that a fast machine is not what makes it pass.
func TestFloods(t *testing.T) {
	f := start(t, nil)
	floods := map[string]func(c *h2){
		"calls and resets": func(c *h2) {
			for i := range uint32(2000) {
				_ = c.call(2*i+1, c.fields())
				_ = c.WriteRSTStream(2*i+1, http2.ErrCodeCancel)
			}
		},
		"calls that end nothing": func(c *h2) {
			for i := range uint32(3000) {
				_ = c.call(2*i+1, c.fields())
			}
		},
		"pings":    func(c *h2) { repeat(5000, func() error { return c.WritePing(false, [8]byte{1}) }) },
		"settings": func(c *h2) { repeat(5000, func() error { return c.WriteSettings() }) },
		"empty data": func(c *h2) {
			_ = c.call(1, c.fields())
			repeat(5000, func() error { return c.WriteData(1, false, nil) })
		},
		"windows": func(c *h2) { repeat(5000, func() error { return c.WriteWindowUpdate(0, 1) }) },
		"header that never ends": func(c *h2) {
			_ = c.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: c.fields()})
			long := c.fields("x", strings.Repeat("v", 10<<10))
			repeat(3000, func() error { return c.WriteContinuation(1, false, long) })
		},
		"empty continuations": func(c *h2) {
			_ = c.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: c.fields()})
			repeat(5000, func() error { return c.WriteContinuation(1, false, nil) })
		},
		"priorities": func(c *h2) {
			repeat(5000, func() error { return c.WritePriority(1, http2.PriorityParam{StreamDep: 3}) })
		},
		"unknown frames": func(c *h2) {
			repeat(5000, func() error { return c.WriteRawFrame(0xbe, 0xff, 1, []byte("?")) })
		},
	}
	for name, flood := range floods {
		t.Run(name, func(t *testing.T) {
			f.during(t, func() {
				c := f.h2(t)
				done := make(chan struct{})
				go func() { // so that the server's answers do not stop it
					defer close(done)
					buffer := make([]byte, 64<<10)
					for {
						if _, err := c.connection.Read(buffer); err != nil {
							return
						}
					}
				}()
				flood(c)
				_ = c.connection.SetDeadline(time.Now())
				<-done
				_ = c.connection.Close()
			})
		})
	}
}

// repeat does it until it fails, which is when the server closed.
func repeat(count int, do func() error) {
	for range count {
		if do() != nil {
			return
		}
	}
}
