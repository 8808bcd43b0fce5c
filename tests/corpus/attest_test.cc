// SPDX-License-Identifier: Apache-2.0
//
// Real envelopes: what verifies must verify, what has a broken signature must be refused, and the
// canonical entry must be the one that an independent implementation made.
#include <gtest/gtest.h>
#include <openssl/bytestring.h>
#include <openssl/evp.h>
#include <openssl/mem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <string>
#include <vector>

#include "client/attestation_file.h"
#include "core/attest/content.h"
#include "core/attest/dsse.h"
#include "core/attest/entry.h"
#include "core/attest/predicates.h"
#include "core/attest/purl.h"
#include "core/attest/statement.h"
#include "core/crypto/hash.h"
#include "core/crypto/public_key.h"
#include "core/crypto/signature.h"
#include "core/merkle/hasher.h"
#include "core/util/encoding.h"
#include "tests/corpus/corpus.h"

namespace candor {
namespace {

using nlohmann::json;

constexpr size_t kMaxPayload = 1 << 20;

DsseEnvelope MustParseEnvelope(const json& envelope) {
  auto parsed = ParseEnvelope(envelope.dump());
  if (!parsed.ok()) throw std::runtime_error(std::string(parsed.status().message()));
  return *std::move(parsed);
}

// The signatures of the envelope that verify under the key, as an entry keeps them.
std::vector<EntrySignature> Verified(const DsseEnvelope& envelope, const PublicKey& key) {
  std::vector<EntrySignature> verified;
  const std::string pae = Pae(envelope.payload_type, envelope.payload);
  for (const DsseSignature& signature : envelope.signatures) {
    auto canonical = NormaliseSignature(key.algorithm(), signature.signature);
    if (!canonical.ok() || !key.Verify(pae, *canonical).ok()) continue;
    verified.push_back({key.algorithm(), key.key_hash(), *canonical});
  }
  return verified;
}

TEST(AttestCorpusTest, EntryVectors) {
  const json vectors = ReadCorpusJson("entry-v1.json");
  ASSERT_FALSE(vectors.empty());
  for (const json& vector : vectors) {
    SCOPED_TRACE(vector.at("name").get<std::string>());
    ExpectExactMembers(vector, {"name", "envelope", "publicKeySpki", "statementId", "inline",
                                "entryBytes", "entrySha256", "leafHash"});
    const DsseEnvelope envelope = MustParseEnvelope(vector.at("envelope"));
    const auto key = PublicKey::FromSpki(FromBase64(vector.at("publicKeySpki").get<std::string>()));
    ASSERT_TRUE(key.ok()) << key.status();
    const auto entry = BuildEntry(envelope.payload_type, envelope.payload, Verified(envelope, *key),
                                  vector.at("inline").get<bool>());
    ASSERT_TRUE(entry.ok()) << entry.status();
    const std::string bytes = EncodeEntry(*entry);
    EXPECT_EQ(entry->statement_id().hex(), vector.at("statementId").get<std::string>());
    EXPECT_EQ(bytes.size(), vector.at("entryBytes").get<size_t>());
    EXPECT_EQ(Sha256(bytes).hex(), vector.at("entrySha256").get<std::string>());
    EXPECT_EQ(LeafHash(bytes).hex(), vector.at("leafHash").get<std::string>());
    const auto decoded = DecodeEntry(bytes);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(*decoded, *entry);
  }
}

TEST(AttestCorpusTest, DsseSpecification) {
  const json vector = ReadCorpusJson("dsse/dsse-spec-helloworld.json");
  const std::string payload = FromBase64(vector.at("payload").get<std::string>());
  const std::string pae = Pae(vector.at("payloadType").get<std::string>(), payload);
  EXPECT_EQ(pae, vector.at("pae").get<std::string>());
  EXPECT_EQ(Sha256(pae).hex(), vector.at("paeSha256").get<std::string>());

  std::string point = "\x04";
  for (const char* coordinate : {"x", "y"}) {
    point += *Base64DecodeDsse(vector.at("jwk").at(coordinate).get<std::string>());
  }
  // SubjectPublicKeyInfo of a P-256 point, RFC 5480: a fixed prefix.
  const std::string prefix = *HexDecode("3059301306072a8648ce3d020106082a8648ce3d030107034200");
  const auto key = PublicKey::FromSpki(prefix + point);
  ASSERT_TRUE(key.ok()) << key.status();
  const auto signature =
      NormaliseSignature(key->algorithm(), FromBase64(vector.at("sig").get<std::string>()));
  ASSERT_TRUE(signature.ok()) << signature.status();
  EXPECT_TRUE(key->Verify(pae, *signature).ok());
  EXPECT_FALSE(key->Verify(payload, *signature).ok()) << "a signature must not cover the payload";
}

// The file's first key is P-256; the second signature of the multi envelope is RSA, which is
// unknown here and must be dropped, not refused.
TEST(AttestCorpusTest, DsseEnvelopes) {
  std::string pem = ReadCorpusFile("dsse/rekor-intoto_dsse.pem");
  if (!pem.ends_with('\n')) pem += '\n';
  const auto key = PublicKey::FromPem(pem);
  ASSERT_TRUE(key.ok()) << key.status();
  const DsseEnvelope single = MustParseEnvelope(ReadCorpusJson("dsse/rekor-intoto_dsse.json"));
  EXPECT_EQ(Verified(single, *key).size(), 1u);
  EXPECT_TRUE(ParseStatement(single.payload, kMaxPayload).ok());

  const DsseEnvelope multi = MustParseEnvelope(ReadCorpusJson("dsse/rekor-intoto_multi_dsse.json"));
  EXPECT_EQ(multi.signatures.size(), 2u);
  EXPECT_LE(Verified(multi, *key).size(), 1u);
  std::string rsa = ReadCorpusFile("dsse/rekor-intoto_multi_pub2.pem");
  if (!rsa.ends_with('\n')) rsa += '\n';
  EXPECT_FALSE(PublicKey::FromPem(rsa).ok()) << "RSA keys are not accepted";
}

std::string SpkiOfCertificate(const std::string& der) {
  const auto* data = reinterpret_cast<const uint8_t*>(der.data());
  bssl::UniquePtr<X509> certificate(d2i_X509(nullptr, &data, static_cast<long>(der.size())));
  if (certificate == nullptr) throw std::runtime_error("not a certificate");
  bssl::UniquePtr<EVP_PKEY> key(X509_get_pubkey(certificate.get()));
  bssl::ScopedCBB cbb;
  uint8_t* bytes = nullptr;
  size_t size = 0;
  if (!CBB_init(cbb.get(), 128) || !EVP_marshal_public_key(cbb.get(), key.get()) ||
      !CBB_finish(cbb.get(), &bytes, &size)) {
    throw std::runtime_error("cannot read the certificate's key");
  }
  bssl::UniquePtr<uint8_t> owner(bytes);
  return {reinterpret_cast<const char*>(bytes), size};
}

absl::StatusOr<PublicKey> SignerOf(const json& bundle) {
  const json& material = bundle.at("verificationMaterial");
  if (material.contains("x509CertificateChain")) {
    const json& first = material.at("x509CertificateChain").at("certificates").at(0);
    return PublicKey::FromSpki(
        SpkiOfCertificate(FromBase64(first.at("rawBytes").get<std::string>())));
  }
  const json body = json::parse(
      FromBase64(material.at("tlogEntries").at(0).at("canonicalizedBody").get<std::string>()));
  const json& signature = body.at("spec").at("content").at("envelope").at("signatures").at(0);
  std::string pem = FromBase64(signature.at("publicKey").get<std::string>());
  if (!pem.ends_with('\n')) pem += '\n';
  return PublicKey::FromPem(pem);
}

const json& FindBundle(const json& attestations, const std::string& predicate_type) {
  for (const json& item : attestations.at("attestations")) {
    if (item.at("predicateType") == predicate_type) return item.at("bundle");
  }
  throw std::runtime_error("no attestation of type " + predicate_type);
}

TEST(AttestCorpusTest, AttestationsAndNegatives) {
  size_t rejected = 0;
  for (const json& item : ReadCorpusJson("attestations/index.json")) {
    const std::string file = item.at("file").get<std::string>();
    const std::string type = item.at("predicateType").get<std::string>();
    SCOPED_TRACE(file + " " + type);
    const json attestations = ReadCorpusJson("attestations/" + file);
    const json& bundle = FindBundle(attestations, type);
    const auto key = SignerOf(bundle);
    ASSERT_TRUE(key.ok()) << key.status();
    const DsseEnvelope envelope = MustParseEnvelope(bundle.at("dsseEnvelope"));
    EXPECT_EQ(envelope.payload.size(), item.at("payloadBytes").get<size_t>());

    const bool accept = item.at("expect").get<std::string>() == "accept";
    EXPECT_EQ(!Verified(envelope, *key).empty(), accept);
    rejected += accept ? 0 : 1;
    if (!accept) continue;

    const auto statement = ParseStatement(envelope.payload, kMaxPayload);
    ASSERT_TRUE(statement.ok()) << statement.status();
    EXPECT_EQ(statement->type, item.at("statementType").get<std::string>());
    EXPECT_EQ(statement->predicate_type, type);
    ASSERT_FALSE(statement->subjects.empty());
    const auto purl = Purl::Parse(statement->subjects[0].name);
    ASSERT_TRUE(purl.ok()) << purl.status();
    EXPECT_EQ(purl->ToString(), item.at("subject").get<std::string>());

    if (item.at("tarball").is_null()) continue;
    const std::string tarball =
        ReadCorpusFile("attestations/" + item.at("tarball").get<std::string>());
    const std::string integrity = item.at("tarballIntegrity").get<std::string>();
    EXPECT_EQ(statement->subjects[0].digest.at("sha512"),
              HexEncode(FromBase64(integrity.substr(std::string("sha512-").size()))));
    uint8_t digest[SHA512_DIGEST_LENGTH];
    SHA512(reinterpret_cast<const uint8_t*>(tarball.data()), tarball.size(), digest);
    EXPECT_EQ(HexEncode({reinterpret_cast<const char*>(digest), sizeof digest}),
              statement->subjects[0].digest.at("sha512"));
  }
  EXPECT_GE(rejected, 2u) << "the broken signatures were not looked at";
}

// What `candor publish` makes of the same files, whole and as JSON lines.
TEST(AttestCorpusTest, TheClientFindsTheEnvelopesAndTheirSigners) {
  for (const json& item : ReadCorpusJson("attestations/index.json")) {
    const std::string path = "attestations/" + item.at("file").get<std::string>();
    SCOPED_TRACE(path + " " + item.at("predicateType").get<std::string>());
    const json attestations = ReadCorpusJson(path);
    const auto whole = ParseAttestations(ReadCorpusFile(path));
    ASSERT_TRUE(whole.ok()) << whole.status();
    EXPECT_EQ(whole->envelopes.size(), attestations.at("attestations").size());

    const json& bundle = FindBundle(attestations, item.at("predicateType").get<std::string>());
    const json& envelope = bundle.at("dsseEnvelope");
    const auto lines = ParseAttestations(bundle.dump() + "\n" + envelope.dump() + "\n");
    ASSERT_TRUE(lines.ok()) << lines.status();
    ASSERT_EQ(lines->envelopes.size(), 2u);
    const auto key = SignerOf(bundle);
    ASSERT_TRUE(key.ok()) << key.status();
    const bool accept = item.at("expect").get<std::string>() == "accept";
    for (FoundEnvelope found : lines->envelopes) {
      EXPECT_EQ(found.envelope.payload, MustParseEnvelope(envelope).payload);
      EXPECT_EQ(NameSigners({&*key, 1}, &found.envelope).ok(), accept);
      EXPECT_TRUE(!accept || CheckHoldsStatement(found.envelope).ok());
    }
  }
}

TEST(AttestCorpusTest, EveryPredicateShapeIsAStatementOfAKnownKind) {
  for (const std::string& file : CorpusJsonFiles("predicates")) {
    SCOPED_TRACE(file);
    const auto statement = ParseStatement(ReadCorpusFile(file), kMaxPayload);
    ASSERT_TRUE(statement.ok()) << statement.status();
    EXPECT_TRUE(KindOfPredicate(statement->predicate_type).has_value())
        << statement->predicate_type;
  }
}

}  // namespace
}  // namespace candor
