// SPDX-License-Identifier: Apache-2.0

package dsse

import (
	"testing"
	"time"

	link "github.com/in-toto/attestation/go/predicates/link/v0"
	slsa02 "github.com/in-toto/attestation/go/predicates/provenance/v02"
	slsa1 "github.com/in-toto/attestation/go/predicates/provenance/v1"
	reference "github.com/in-toto/attestation/go/predicates/reference/v0"
	release01 "github.com/in-toto/attestation/go/predicates/release/v0"
	release02 "github.com/in-toto/attestation/go/predicates/release/v02"
	scai "github.com/in-toto/attestation/go/predicates/scai/v0"
	svr "github.com/in-toto/attestation/go/predicates/svr/v01"
	testresult "github.com/in-toto/attestation/go/predicates/test_result/v0"
	vsa "github.com/in-toto/attestation/go/predicates/vsa/v1"
	vulns01 "github.com/in-toto/attestation/go/predicates/vulns/v01"
	vulns02 "github.com/in-toto/attestation/go/predicates/vulns/v02"
	intoto "github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// officialCase is a predicate made with the official types. The first `kind` is what a grant calls
// it.
type officialCase struct {
	kind, predicateType string
	predicate           proto.Message
}

func fields(t *testing.T, values map[string]any) *structpb.Struct {
	t.Helper()
	result, err := structpb.NewStruct(values)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func provenance(t *testing.T, now *timestamppb.Timestamp) *slsa1.Provenance {
	t.Helper()
	p := &slsa1.Provenance{
		BuildDefinition: &slsa1.BuildDefinition{BuildType: "https://build.example/type/v1",
			ExternalParameters: fields(t, map[string]any{"ref": "v1", "flags": []any{1.5, true, nil}}),
			ResolvedDependencies: []*intoto.ResourceDescriptor{
				Subject("source", []byte("source")),
				{Uri: "git+https://code.example/cam@v1", Digest: map[string]string{
					"gitCommit": "0123456789abcdef0123456789abcdef01234567"}}}},
		RunDetails: &slsa1.RunDetails{Builder: &slsa1.Builder{Id: "https://build.example"},
			Metadata: &slsa1.BuildMetadata{InvocationId: "42", StartedOn: now}},
	}
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	return p
}

func official(t *testing.T) []officialCase {
	t.Helper()
	now := timestamppb.New(time.Unix(1_700_000_000, 5))
	purl := prefix + "cam@official"
	report := Subject("report", []byte("report"))
	return []officialCase{
		{"release", ReleaseType, &release01.Release{Purl: purl, ReleaseId: proto.String("17")}},
		{"release", "https://in-toto.io/attestation/release/v0.2",
			&release02.Release{Purl: purl, PackageId: proto.String("cam")}},
		{"slsa-provenance", "https://slsa.dev/provenance/v1", provenance(t, now)},
		{"slsa-provenance", "https://slsa.dev/provenance/v0.2", &slsa02.Provenance{
			Builder: &slsa02.Builder{Id: "https://build.example"}, BuildType: "https://build.example/t",
			Metadata: &slsa02.Metadata{BuildStartedOn: now}}},
		{"vsa", "https://slsa.dev/verification_summary/v1", &vsa.VerificationSummary{
			Verifier:     &vsa.VerificationSummary_Verifier{Id: "https://verifier.example"},
			TimeVerified: now, ResourceUri: purl, VerificationResult: "PASSED",
			VerifiedLevels: []string{"SLSA_BUILD_LEVEL_3"}, DependencyLevels: map[string]uint64{"L3": 4},
			Policy: &vsa.VerificationSummary_Policy{Uri: "https://policy.example"}}},
		{"vulns", "https://in-toto.io/attestation/vulns/v0.1", &vulns01.Vulns{
			Scanner: &vulns01.Scanner{Uri: "https://scanner.example"}}},
		{"vulns", "https://in-toto.io/attestation/vulns/v0.2", &vulns02.Vulns{
			Scanner: &vulns02.Scanner{Uri: "https://scanner.example",
				Result: []*vulns02.Result{{Id: "CVE-2026-1", Severity: []*vulns02.Result_Severity{
					{Method: "cvss", Score: "9.8"}}}}},
			Metadata: &vulns02.ScanMetadata{ScanStartedOn: now, ScanFinishedOn: now}}},
		{"test-result", "https://in-toto.io/attestation/test-result/v0.1", &testresult.TestResult{
			Result: "WARNED", Configuration: []*intoto.ResourceDescriptor{report},
			PassedTests: []string{"ünï-códe \u2028 <&>"}}},
		{"svr", "https://in-toto.io/attestation/svr/v0.1", &svr.SimpleVerificationResult{
			Verifier:    &svr.SimpleVerificationResult_Verifier{Id: "https://verifier.example"},
			TimeCreated: now, Properties: []string{"SIGNED"}}},
		{"scai", "https://in-toto.io/attestation/scai/v0.3", &scai.AttributeReport{
			Attributes: []*scai.AttributeAssertion{{Attribute: "HARDENED", Evidence: report}}}},
		{"link", "https://in-toto.io/attestation/link/v0.3", &link.Link{Name: "build",
			Command: []string{"make"}, Materials: []*intoto.ResourceDescriptor{report}}},
		{"reference", "https://in-toto.io/attestation/reference/v0.1", &reference.Reference{
			Attester:   &reference.Reference_Attester{Id: "https://acme.example"},
			References: []*intoto.ResourceDescriptor{report}}},
	}
}

// Every predicate that has an official Go type and is admitted under rules 1.
func TestStatementsOfTheOfficialTypesAreLogged(t *testing.T) {
	f := start(t, "--predicate", "slsa-provenance", "--predicate", "vsa", "--predicate", "vulns",
		"--predicate", "test-result", "--predicate", "svr", "--predicate", "scai", "--predicate", "link",
		"--predicate", "reference")
	subject := Subject(prefix+"cam@official", []byte("firmware"))
	subject.Uri = prefix + "cam@official"
	subject.Annotations = fields(t, map[string]any{"size": 8, "nested": map[string]any{"a": "b"}})
	for _, each := range official(t) {
		for name, submit := range transports {
			t.Run(each.kind+"/"+each.predicateType+"/"+name, func(t *testing.T) {
				payload := Statement(t, each.predicateType, each.predicate, subject,
					Subject("second "+name, []byte(name)))
				f.mustAdd(t, submit, JSON(t, Sign(t, payload, f.ed25519)), payload, f.ed25519)
			})
		}
	}
}

// What a grant does not name, and what rules 1 do not know, is refused with the reason.
func TestOtherPredicatesAreRefused(t *testing.T) {
	f := start(t)
	subject := Subject(prefix+"cam@1", []byte("firmware"))
	cases := map[string]refusal{
		"https://slsa.dev/provenance/v1":   {"PERMISSION_DENIED", "PREDICATE_NOT_GRANTED"},
		"https://slsa.dev/provenance/v0.1": {"INVALID_ARGUMENT", "PREDICATE_UNKNOWN"},
	}
	for predicateType, want := range cases {
		for name, submit := range transports {
			t.Run(predicateType+"/"+name, func(t *testing.T) {
				payload := Statement(t, predicateType, provenance(t, timestamppb.Now()), subject)
				_, err := submit(t, f, JSON(t, Sign(t, payload, f.ed25519)))
				if got, is := err.(*refusal); !is || *got != want {
					t.Fatalf("answered %v, not %v", err, want)
				}
			})
		}
	}
}

// A statement that names no product: only a hint, or a key id that is the key hash, says whose key
// it is.
func TestAHintNamesTheKey(t *testing.T) {
	f := start(t)
	payload := Release(t, f.nextPurl())
	envelope := JSON(t, Sign(t, payload, f.ecdsa.Named("our build key")))
	hinted := func(t *testing.T, f *fixture, envelope []byte) ([]byte, error) {
		return post(t, f, "/add?key="+f.ecdsa.Hash, envelope)
	}
	f.mustAdd(t, hinted, envelope, payload, f.ecdsa)
	_, err := post(t, f, "/add?key=zz", envelope)
	want := refusal{"INVALID_ARGUMENT", "KEY_HINT_INVALID"}
	if got, is := err.(*refusal); !is || *got != want {
		t.Fatalf("answered %v, not %v", err, want)
	}
}
