// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/targets.h"

namespace candor {

const std::vector<FuzzTarget>& FuzzTargets() {
  static const auto* const kTargets = new std::vector<FuzzTarget>{
      {"note", FuzzNote},
      {"checkpoint", FuzzCheckpoint},
      {"vkey", FuzzVkey},
      {"policy", FuzzPolicy},
      {"tlog_proof", FuzzTlogProof},
      {"add_checkpoint", FuzzAddCheckpoint},
      {"cosignature", FuzzCosignature},
      {"entry", FuzzEntry},
      {"envelope", FuzzEnvelope},
      {"statement", FuzzStatement},
      {"purl", FuzzPurl},
      {"tile_path", FuzzTilePath},
      {"entry_bundle", FuzzEntryBundle},
      {"public_key", FuzzPublicKey},
      {"signature", FuzzSignature},
  };
  return *kTargets;
}

}  // namespace candor
