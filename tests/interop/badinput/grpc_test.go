// SPDX-License-Identifier: Apache-2.0

package badinput

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"candor/tests/interop/gen/candorpb"
)

func call(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func envelope(size int) *candorpb.AddEntryRequest {
	return &candorpb.AddEntryRequest{Submission: &candorpb.AddEntryRequest_EnvelopeJson{
		EnvelopeJson: bytes.Repeat([]byte(" "), size)}}
}

func expectCode(t *testing.T, err error, allowed ...codes.Code) {
	t.Helper()
	if !slices.Contains(allowed, status.Code(err)) {
		t.Errorf("answered %v, not one of %v", err, allowed)
	}
}

// A message over the limit is refused by its announced length, and one that would be unpacked into
// more than the limit is not unpacked.
func TestMessagesOverTheLimit(t *testing.T) {
	f := start(t, nil)
	f.during(t, func() {
		for _, test := range []struct {
			size int
			code codes.Code
		}{
			{128 << 10, codes.InvalidArgument}, {128<<10 + 1, codes.InvalidArgument},
			{257 << 10, codes.ResourceExhausted}, {4 << 20, codes.ResourceExhausted},
			{64 << 20, codes.ResourceExhausted},
		} {
			t.Run(fmt.Sprint(test.size), func(t *testing.T) {
				_, err := f.client.AddEntry(call(t), envelope(test.size))
				expectCode(t, err, test.code)
			})
		}
	})
}

// huge is a message of 1 GiB that takes 1 MiB to keep.
type huge struct{}

func (huge) Name() string { return "proto" }

func (huge) Marshal(any) (mem.BufferSlice, error) {
	part := mem.SliceBuffer(make([]byte, 1<<20))
	var whole mem.BufferSlice
	for range 1 << 10 {
		whole = append(whole, part)
	}
	return whole, nil
}

func (huge) Unmarshal(mem.BufferSlice, any) error { return nil }

// gRPC for C++ takes a message in before it looks at its length. What all callers together can make
// it keep is bounded by the memory that the server allows it, 256 MiB; when that is used up, it ends
// connections, also of others, who connect again.
func TestHugeMessagesShareABoundedMemory(t *testing.T) {
	f := start(t, nil)
	f.retry = true
	f.duringWithin(t, 448<<20, func() {
		var all sync.WaitGroup
		for range 8 {
			connection := f.dial(t)
			all.Go(func() {
				err := connection.Invoke(call(t), candorpb.LogService_AddEntry_FullMethodName, huge{}, nil,
					grpc.ForceCodecV2(huge{}))
				expectCode(t, err, codes.ResourceExhausted, codes.Unavailable)
			})
		}
		all.Wait()
	})
}

func TestCompressedMessagesAreNotUnpacked(t *testing.T) {
	f := start(t, nil)
	f.during(t, func() {
		var all sync.WaitGroup
		for range 4 {
			// 128 KiB that would be 128 MiB each.
			all.Go(func() {
				_, err := f.client.AddEntry(call(t), envelope(128<<20), grpc.UseCompressor(gzip.Name))
				expectCode(t, err, codes.Unimplemented, codes.ResourceExhausted)
			})
		}
		all.Wait()
	})
	_, err := f.client.GetCheckpoint(call(t), &candorpb.GetCheckpointRequest{})
	if err != nil {
		t.Fatal(err)
	}
}

// Metadata of the caller: what is too much is refused, and what is strange is ignored.
func TestMetadata(t *testing.T) {
	f := start(t, nil)
	get := func(pairs ...string) error {
		ctx := metadata.NewOutgoingContext(call(t), metadata.Pairs(pairs...))
		// A connection of its own: the limit may be kept by ending the connection.
		client := candorpb.NewLogServiceClient(f.dial(t))
		_, err := client.GetCheckpoint(ctx, &candorpb.GetCheckpointRequest{})
		return err
	}
	repeat := func(count int, pair func(int) (string, string)) []string {
		var pairs []string
		for i := range count {
			name, value := pair(i)
			pairs = append(pairs, name, value)
		}
		return pairs
	}
	junk := make([]byte, 4000)
	for i := range junk {
		junk[i] = byte(i * 7)
	}
	f.during(t, func() {
		for name, pairs := range map[string][]string{
			"a value of 17 KiB": {"x", strings.Repeat("v", 17<<10)},
			"a value of 1 MiB":  {"x", strings.Repeat("v", 1<<20)},
			"a name of 64 KiB":  {strings.Repeat("n", 64<<10), "v"},
			"2,000 names":       repeat(2000, func(i int) (string, string) { return fmt.Sprintf("x%d", i), "v" }),
			"2,000 of a name":   repeat(2000, func(int) (string, string) { return "x", "v" }),
			"100 KiB of bytes":  {"x-bin", strings.Repeat(string(junk), 25)},
		} {
			t.Run(name, func(t *testing.T) {
				err := get(pairs...)
				expectCode(t, err, codes.ResourceExhausted, codes.Internal, codes.Unavailable,
					codes.Unknown)
			})
		}
		for name, pairs := range map[string][]string{
			"bytes":          {"x-bin", string(junk)},
			"printable junk": {"x", `"';--<script>${jndi:ldap://a}%n%n{{7*7}}../../etc/passwd`},
			"many":           repeat(100, func(i int) (string, string) { return fmt.Sprintf("x%d", i), "v" }),
			"authorization":  {"authorization", "Bearer nobody"},
			"tracing": {"grpc-trace-bin", string(junk[:200]), "grpc-tags-bin", string(junk[:200]),
				"traceparent", "00-zz-zz-zz"},
		} {
			t.Run(name, func(t *testing.T) { expectCode(t, get(pairs...), codes.OK) })
		}
	})
}

// Calls that their callers give up, before, during and after.
func TestCancelledAndExpiredCalls(t *testing.T) {
	f := start(t, nil)
	f.Grow(f.vendor, 300)
	f.during(t, func() {
		var all sync.WaitGroup
		for worker := range 8 {
			all.Go(func() {
				for i := range 100 {
					patient := time.Duration(i*worker) * 20 * time.Microsecond
					ctx, cancel := context.WithTimeout(context.Background(), patient)
					stream, err := f.client.ReadEntries(ctx, &candorpb.ReadEntriesRequest{})
					if err == nil {
						_, err = stream.Recv()
					}
					// Go calls a stream that ends within a message an internal error.
					expectCode(t, err, codes.OK, codes.DeadlineExceeded, codes.Canceled, codes.Internal)
					_, err = f.client.AddEntry(ctx, envelope(100))
					expectCode(t, err, codes.InvalidArgument, codes.DeadlineExceeded, codes.Canceled)
					cancel()
					_, err = f.client.GetEntry(ctx, &candorpb.GetEntryRequest{})
					expectCode(t, err, codes.InvalidArgument, codes.DeadlineExceeded, codes.Canceled)
				}
			})
		}
		all.Wait()
	})
}

// Streams that are opened and not read: there are only so many, and the log serves others.
func TestAbandonedStreams(t *testing.T) {
	f := start(t, nil)
	f.Grow(f.vendor, 2000)
	f.during(t, func() {
		refused := 0
		for range 3 {
			client := candorpb.NewLogServiceClient(f.dial(t))
			for range 200 {
				stream, err := client.ReadEntries(call(t), &candorpb.ReadEntriesRequest{})
				if err != nil {
					t.Fatal(err)
				}
				_ = stream
			}
		}
		// Those who come too late are told so.
		for range 10 {
			stream, err := f.client.ReadEntries(call(t), &candorpb.ReadEntriesRequest{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err = stream.Recv(); status.Code(err) == codes.ResourceExhausted {
				refused++
			}
		}
		if refused == 0 {
			t.Error("the number of open streams has no limit")
		}
	})
}
