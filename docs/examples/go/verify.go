// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	witness "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// trust is what a proof is verified against: verifier keys that you got some other way.
type trust struct {
	log       string
	witnesses []string
}

// proof is a C2SP tlog-proof.
type proof struct {
	entry      []byte
	index      int64
	hashes     tlog.RecordProof
	checkpoint []byte
}

func parseProof(file []byte) (*proof, error) {
	head, checkpoint, _ := bytes.Cut(file, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return nil, errors.New("this is no proof with an entry")
	}
	p := &proof{checkpoint: checkpoint}
	extra, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil || len(extra) == 0 || extra[0] != 1 { // 1: the canonical entry follows
		return nil, errors.New("the proof does not hold its entry")
	}
	p.entry = extra[1:]
	if _, err := fmt.Sscanf(lines[2], "index %d", &p.index); err != nil {
		return nil, err
	}
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		p.hashes = append(p.hashes, hash)
	}
	return p, nil
}

// verify checks that the statement is logged: in the entry, in the tree, in the log's checkpoint,
// cosigned by every witness.
func verify(file, statement []byte, trust trust) error {
	p, err := parseProof(file)
	if err != nil {
		return err
	}
	// An entry ends with its payload; docs/formats.md says what stands before it.
	if !bytes.HasSuffix(p.entry, statement) {
		return errors.New("the entry holds another statement")
	}
	tree, err := openCheckpoint(p.checkpoint, trust)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(p.hashes, tree.N, tree.Hash, p.index, tlog.RecordHash(p.entry))
}

func openCheckpoint(checkpoint []byte, trust trust) (tlog.Tree, error) {
	logKey, err := note.NewVerifier(trust.log)
	if err != nil {
		return tlog.Tree{}, err
	}
	verifiers := []note.Verifier{logKey}
	for _, vkey := range trust.witnesses {
		witnessKey, err := witness.NewVerifierForCosignatureV1(vkey)
		if err != nil {
			return tlog.Tree{}, err
		}
		verifiers = append(verifiers, witnessKey)
	}
	opened, err := note.Open(checkpoint, note.VerifierList(verifiers...))
	if err != nil {
		return tlog.Tree{}, err
	}
	signed := map[uint32]bool{}
	for _, signature := range opened.Sigs {
		signed[signature.Hash] = true
	}
	for _, verifier := range verifiers {
		if !signed[verifier.KeyHash()] {
			return tlog.Tree{}, fmt.Errorf("%s did not sign the checkpoint", verifier.Name())
		}
	}
	return parseCheckpoint(opened.Text, logKey.Name())
}

// parseCheckpoint reads the text of a C2SP tlog-checkpoint.
func parseCheckpoint(text, origin string) (tlog.Tree, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[0] != origin {
		return tlog.Tree{}, errors.New("this is no checkpoint of " + origin)
	}
	var tree tlog.Tree
	if _, err := fmt.Sscanf(lines[1], "%d", &tree.N); err != nil {
		return tlog.Tree{}, err
	}
	hash, err := tlog.ParseHash(lines[2])
	tree.Hash = hash
	return tree, err
}
