// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"strconv"
)

// Vendor is an enrolled participant with its keys (PEM files).
type Vendor struct {
	Participant, Prefix                 string
	RootKeyFile, KeyFile, PublicKeyFile string
	ParticipantsFile                    string // what a customer needs to trust it
}

// Keygen makes a key pair, NAME and NAME.pub, and answers the path of NAME. The algorithm is as in
// `candor keygen --alg`.
func (c *Cluster) Keygen(name, algorithm string) string {
	c.t.Helper()
	c.MustCandor("keygen", "--out", c.Path(name), "--alg", algorithm)
	return c.Path(name)
}

// Enrol enrols a vendor with a new Ed25519 key for releases. `flags` are further flags of
// `candor enroll request`, say another `--predicate`.
func (c *Cluster) Enrol(participant, prefix string, flags ...string) Vendor {
	c.t.Helper()
	return c.EnrolKey(participant, prefix, c.Keygen(participant+".key", "ed25519"), flags...)
}

// EnrolKey is Enrol with a PEM private key that is there already (PKCS#8, mode 0600); its public key
// stands beside it as KEYFILE.pub.
func (c *Cluster) EnrolKey(participant, prefix, keyFile string, flags ...string) Vendor {
	c.t.Helper()
	v := Vendor{Participant: participant, Prefix: prefix, KeyFile: keyFile,
		RootKeyFile: c.Keygen(participant+"-root.key", "ed25519"), PublicKeyFile: keyFile + ".pub"}
	request, approved := c.Path(participant+".request"), c.Path(participant+".approved")
	c.MustCandor(append([]string{"enroll", "request", "--log-origin", c.Origin, "--participant",
		participant, "--role", "vendor", "--root-key", v.RootKeyFile, "--signing-key", keyFile,
		"--predicate", "release", "--purl-prefix", prefix, "--out", request}, flags...)...)
	c.MustCandor("enroll", "approve", "--registrar-key", c.Path("log/keys/registrar.key"), "--yes",
		"--out", approved, request)
	c.MustCandor(append(append([]string{"enroll", "submit", "--log", c.URL}, c.CAFlags()...),
		approved)...)
	v.ParticipantsFile = c.participants(v)
	return v
}

func (c *Cluster) participants(v Vendor) string {
	c.t.Helper()
	text, err := os.ReadFile(v.PublicKeyFile)
	if err != nil {
		c.t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		c.t.Fatalf("%s is not PEM", v.PublicKeyFile)
	}
	return c.Write(v.Participant+".participants", fmt.Appendf(nil,
		"participant %s\nkey signing %s\nallow %s\n", v.Participant,
		base64.StdEncoding.EncodeToString(block.Bytes), v.Prefix))
}

// Grow publishes `n` further releases of the vendor and answers when all of them are published. The
// load generator speaks gRPC without TLS only.
func (c *Cluster) Grow(v Vendor, n int) {
	c.t.Helper()
	if c.CAFile != "" {
		c.t.Fatal("cluster.Grow needs a log without TLS")
	}
	size := c.Size()
	c.runs++
	MustRun(c.t, Bin("candor-load"), "add", "--target", c.GRPC, "--key", v.KeyFile, "--purl-prefix",
		v.Prefix, "--count", strconv.Itoa(n), "--run", fmt.Sprintf("run%d", c.runs), "--wait-published")
	c.WaitSize(size + int64(n))
}
