// SPDX-License-Identifier: Apache-2.0

package dsse

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	dsselib "github.com/secure-systems-lab/go-securesystemslib/dsse"
)

// codeName is how our HTTP errors spell gRPC's codes.
var codeName = map[codes.Code]string{
	codes.InvalidArgument:  "INVALID_ARGUMENT",
	codes.PermissionDenied: "PERMISSION_DENIED",
	codes.NotFound:         "NOT_FOUND",
	codes.Unimplemented:    "UNIMPLEMENTED",
}

// forms are the ways to write one envelope as JSON that DSSE allows.
var forms = map[string]func(t *testing.T, envelope *dsselib.Envelope) []byte{
	"as the library writes it": func(t *testing.T, e *dsselib.Envelope) []byte { return JSON(t, e) },
	"URL-safe base64": func(t *testing.T, e *dsselib.Envelope) []byte {
		return JSON(t, recode(t, e, base64.URLEncoding))
	},
	"indented with tabs and CRLF": func(t *testing.T, e *dsselib.Envelope) []byte {
		text, err := json.MarshalIndent(e, "\t", "\t \t")
		if err != nil {
			t.Fatal(err)
		}
		return []byte(" \r\n" + strings.ReplaceAll(string(text), "\n", "\r\n") + "\n\n")
	},
	"other order and members of others": func(t *testing.T, e *dsselib.Envelope) []byte {
		var signatures []string
		for _, s := range e.Signatures {
			signatures = append(signatures, fmt.Sprintf(
				`{"cert":"ignored","sig":%q,"extension":{"kind":1,"list":[]},"keyid":%q}`, s.Sig, s.KeyID))
		}
		return fmt.Appendf(nil, `{"note":null,"signatures":[%s],"payload":%q,"payloadType":%q}`,
			strings.Join(signatures, ","), e.Payload, e.PayloadType)
	},
	"escaped characters": func(t *testing.T, e *dsselib.Envelope) []byte {
		text := string(JSON(t, e))
		text = strings.Replace(text, `"payloadType"`, `"\u0070ayloadType"`, 1)
		return []byte(strings.Replace(text, "application/vnd", `application\/\u0076nd`, 1))
	},
}

// recode writes all base64 of an envelope in another alphabet.
func recode(t *testing.T, e *dsselib.Envelope, encoding *base64.Encoding) *dsselib.Envelope {
	t.Helper()
	change := func(text string) string {
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return encoding.EncodeToString(raw)
	}
	changed := &dsselib.Envelope{PayloadType: e.PayloadType, Payload: change(e.Payload)}
	for _, s := range e.Signatures {
		changed.Signatures = append(changed.Signatures, dsselib.Signature{KeyID: s.KeyID,
			Sig: change(s.Sig)})
	}
	return changed
}

func TestEnvelopesOfTheLibraryAreLogged(t *testing.T) {
	f := start(t)
	signers := map[string][]Key{
		"ed25519":            {f.ed25519},
		"ecdsa":              {f.ecdsa},
		"both":               {f.ecdsa, f.ed25519},
		"key ids of the log": {f.ecdsa.Named(f.ecdsa.Hash), f.ed25519.Named(f.ed25519.Hash)},
		"no key id":          {f.ecdsa.Named("")},
	}
	for signer, keys := range signers {
		for form, write := range forms {
			for name, submit := range transports {
				t.Run(signer+"/"+form+"/"+name, func(t *testing.T) {
					payload := Release(t, f.nextPurl())
					f.mustAdd(t, submit, write(t, Sign(t, payload, keys...)), payload, keys...)
				})
			}
		}
	}
}

// A statement is one entry, in whatever form and by whatever way it comes again.
func TestAnotherFormOfALoggedEnvelopeIsTheSameEntry(t *testing.T) {
	f := start(t)
	payload := Release(t, f.nextPurl())
	envelope := Sign(t, payload, f.ecdsa)
	f.mustAdd(t, postAdd, JSON(t, envelope), payload, f.ecdsa)
	size := f.Size()
	for _, write := range forms {
		for _, submit := range transports {
			f.mustAdd(t, submit, write(t, envelope), payload, f.ecdsa)
		}
	}
	// ECDSA signs differently each time; the key has signed already.
	f.mustAdd(t, postAdd, JSON(t, Sign(t, payload, f.ecdsa)), payload, f.ecdsa)
	if f.Size() != size {
		t.Fatalf("the log grew from %d to %d entries", size, f.Size())
	}
	f.mustAdd(t, postAdd, JSON(t, Sign(t, payload, f.ed25519)), payload, f.ed25519)
	if f.Size() != size+1 {
		t.Fatalf("a further key makes one further entry, not %d", f.Size()-size)
	}
}

func TestSignaturesOfStrangersAreDropped(t *testing.T) {
	f := start(t)
	stranger := LoadKey(t, f.Keygen("stranger.key", "ecdsa-p256"))
	for name, submit := range transports {
		t.Run(name, func(t *testing.T) {
			payload := Release(t, f.nextPurl())
			envelope := Sign(t, payload, stranger, f.ed25519, stranger.Named("bob"))
			f.mustAdd(t, submit, JSON(t, envelope), payload, f.ed25519)
		})
	}
}

func TestRefusalsAreTheSameEverywhere(t *testing.T) {
	f := start(t)
	stranger := LoadKey(t, f.Keygen("stranger.key", "ed25519"))
	size := f.Size()
	good := Sign(t, Release(t, f.nextPurl()), f.ed25519.Named(""))
	changedPayload := *good
	changedPayload.Payload = base64.StdEncoding.EncodeToString(Release(t, prefix+"cam@changed"))
	cases := map[string]struct {
		envelope *dsselib.Envelope
		want     refusal
	}{
		"a stranger's key": {Sign(t, Release(t, f.nextPurl()), stranger.Named("")),
			refusal{"PERMISSION_DENIED", "SIGNATURE_INVALID"}},
		// The library's own key ids look like key hashes, so this names a key that is not enrolled.
		"a stranger's key with the library's key id": {Sign(t, Release(t, f.nextPurl()), stranger),
			refusal{"PERMISSION_DENIED", "KEY_NOT_ENROLLED"}},
		// As with the library's verifier: a signature that names a key has to be that key's.
		"crossed key ids": {Sign(t, Release(t, f.nextPurl()), f.ecdsa.Named(f.ed25519.Hash),
			f.ed25519.Named(f.ecdsa.Hash)), refusal{"PERMISSION_DENIED", "SIGNATURE_INVALID"}},
		"a product of nobody": {Sign(t, Release(t, "pkg:generic/other.example/cam@1"), f.ed25519),
			refusal{"PERMISSION_DENIED", "KEY_NOT_ENROLLED"}},
		"a product of others": {Sign(t, Release(t, "pkg:generic/other.example/cam@1"),
			f.ed25519.Named(f.ed25519.Hash)), refusal{"PERMISSION_DENIED", "PURL_OUTSIDE_SCOPE"}},
		"a payload that was changed": {&changedPayload,
			refusal{"PERMISSION_DENIED", "SIGNATURE_INVALID"}},
		"no signature": {&dsselib.Envelope{PayloadType: PayloadType, Payload: good.Payload,
			Signatures: []dsselib.Signature{}}, refusal{"INVALID_ARGUMENT", "ENVELOPE_INVALID"}},
		"a payload that is no statement": {Sign(t, []byte(`{"_type":"x"}`), f.ed25519),
			refusal{"INVALID_ARGUMENT", "STATEMENT_TYPE_UNKNOWN"}},
	}
	for name, test := range cases {
		for way, submit := range transports {
			t.Run(name+"/"+way, func(t *testing.T) {
				_, err := submit(t, f, JSON(t, test.envelope))
				if got, is := err.(*refusal); !is || *got != test.want {
					t.Fatalf("answered %v, not %v", err, test.want)
				}
			})
		}
	}
	if f.Size() != size {
		t.Fatalf("a refused envelope was logged")
	}
}
