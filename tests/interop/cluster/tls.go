// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"time"
)

// useTLS makes a certificate for loopback that is its own authority.
func (c *Cluster) useTLS() {
	c.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		c.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "localhost"},
		DNSNames:              []string{"localhost"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(48 * time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		c.t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		c.t.Fatal(err)
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	c.CAFile = c.Write("tls.pem", certificate)
	c.tlsKey = c.Write("tls.key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certificate)
	c.HTTP.Transport = &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: false,
	}
}

func (c *Cluster) scheme() string {
	if c.CAFile != "" {
		return "https://"
	}
	return "http://"
}

// tlsFlags are the flags of a server that speaks TLS; none without TLS.
func (c *Cluster) tlsFlags() []string {
	if c.CAFile == "" {
		return nil
	}
	return []string{"--tls-certificate", c.CAFile, "--tls-key", c.tlsKey}
}

// CAFlags are the flags of a `candor` command that talks to the log; none without TLS.
func (c *Cluster) CAFlags() []string {
	if c.CAFile == "" {
		return nil
	}
	return []string{"--ca", c.CAFile}
}
