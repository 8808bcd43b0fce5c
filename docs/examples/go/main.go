// SPDX-License-Identifier: Apache-2.0

// Publishes a release over gRPC and verifies the proof that comes back:
//
//	sh generate.sh
//	go run . -target HOST:PORT -key KEY.pem -purl PURL -log VKEY -witness VKEY... ARTIFACT
//
// The proof goes to ARTIFACT.tlog-proof. Safe to run again: the log recognises a statement that it
// has.
package main

import (
	"context"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	"example.com/publish/candorv1"
)

type options struct {
	target, ca, key, purl string
	trust                 trust
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("publish: ")
	var o options
	flag.StringVar(&o.target, "target", "", "the log's gRPC address, host:port")
	flag.StringVar(&o.ca, "ca", "", "PEM file with certificates to trust; without it no TLS is used")
	flag.StringVar(&o.key, "key", "", "PEM file with the signing key")
	flag.StringVar(&o.purl, "purl", "", "the product and version")
	flag.StringVar(&o.trust.log, "log", "", "the log's verifier key")
	flag.Func("witness", "a witness's verifier key; all that are given must have cosigned",
		func(vkey string) error {
			o.trust.witnesses = append(o.trust.witnesses, vkey)
			return nil
		})
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("name one artifact")
	}
	if err := publish(o, flag.Arg(0)); err != nil {
		log.Fatal(err)
	}
}

func publish(o options, artifact string) error {
	statement, err := releaseStatement(artifact, o.purl)
	if err != nil {
		return err
	}
	envelope, err := sign(statement, o.key)
	if err != nil {
		return err
	}
	connection, err := connect(o)
	if err != nil {
		return err
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	answer, err := candorv1.NewLogServiceClient(connection).AddEntry(ctx, &candorv1.AddEntryRequest{
		Submission: &candorv1.AddEntryRequest_Envelope{Envelope: envelope},
		WaitFor:    candorv1.WaitFor_WAIT_FOR_PUBLISHED,
	})
	if err != nil {
		return err
	}
	if err := verify(answer.TlogProof, statement, o.trust); err != nil {
		return fmt.Errorf("the log's answer does not verify: %w", err)
	}
	if err := os.WriteFile(artifact+".tlog-proof", answer.TlogProof, 0o644); err != nil {
		return err
	}
	fmt.Printf("published and verified: entry %d, %s.tlog-proof\n", answer.Index, artifact)
	return nil
}

func connect(o options) (*grpc.ClientConn, error) {
	transport := insecure.NewCredentials()
	if o.ca != "" {
		certificates, err := os.ReadFile(o.ca)
		if err != nil {
			return nil, err
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(certificates) {
			return nil, errors.New(o.ca + " holds no certificate")
		}
		transport = credentials.NewClientTLSFromCert(roots, "")
	}
	return grpc.NewClient(o.target, grpc.WithTransportCredentials(transport))
}
