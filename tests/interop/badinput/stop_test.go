// SPDX-License-Identifier: Apache-2.0

package badinput

import (
	"fmt"
	"testing"
	"time"

	"candor/tests/interop/cluster"
	"candor/tests/interop/dsse"
)

// Clients that wait for a publication which does not come, and left, hold neither their connections
// nor the server's end.
func TestAbandonedSubmissionsDoNotDelayTheEnd(t *testing.T) {
	f := cluster.Start(t, cluster.Options{Witnesses: 1, Quorum: 1, LogFlags: []string{
		"--request-timeout", "10m", "--witness-backoff-max", "50ms"}})
	vendor := f.Enrol("acme.example", prefix)
	key := dsse.LoadKey(t, vendor.KeyFile)
	f.Witnesses[0].Program.Stop()
	address := f.URL[len("http://"):]
	for i := range 8 {
		envelope := dsse.JSON(t, dsse.Sign(t, dsse.Release(t, fmt.Sprintf("%scam@%d", prefix, i)), key))
		connection := connect(t, address)
		send(connection, fmt.Sprintf("POST /add HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s",
			len(envelope), envelope))
		if i%2 == 0 {
			_ = connection.SetLinger(0)
		}
		_ = connection.Close()
	}
	start := time.Now()
	if code := f.Log.Stop(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if took := time.Since(start); took > patience {
		t.Fatalf("the server took %s to end", took)
	}
}
