#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs the Debian packages that are missing, and nothing else.
#
#   scripts/install_deps.sh               what the build and its tests need
#   scripts/install_deps.sh --lint        and clang with its tools and sanitizers
#   scripts/install_deps.sh --demo        and what demo.sh needs
#   scripts/install_deps.sh --interop     and what the Python examples need
#
# Needs root or sudo only when something is missing.
set -euo pipefail

readonly BUILD_PACKAGES=(
  bazel-bootstrap bazel-platforms bazel-rules-java bazel-rules-proto bazel-skylib
  g++ binutils curl git openssl python3
  libabsl-dev
  android-libboringssl-dev
  libgrpc++-dev libprotobuf-dev libssl-dev protobuf-compiler protobuf-compiler-grpc
  librocksdb-dev
  libboost1.81-dev
  nlohmann-json3-dev
  prometheus-cpp-dev
  libdeflate-dev
  libgtest-dev libgmock-dev libbenchmark-dev
)
readonly LINT_PACKAGES=(clang-19 clang-format-19 clang-tidy-19 libclang-rt-19-dev lld-19 llvm-19)
readonly DEMO_PACKAGES=(ca-certificates util-linux)
readonly INTEROP_PACKAGES=(python3-cryptography python3-grpcio python3-protobuf)

packages=("${BUILD_PACKAGES[@]}")
for argument in "$@"; do
  case $argument in
    --lint) packages+=("${LINT_PACKAGES[@]}") ;;
    --demo) packages+=("${DEMO_PACKAGES[@]}") ;;
    --interop) packages+=("${INTEROP_PACKAGES[@]}") ;;
    *) echo "install_deps.sh: unknown option $argument" >&2; exit 2 ;;
  esac
done

if [[ $(. /etc/os-release 2> /dev/null && echo "${ID:-} ${VERSION_ID:-}") != "debian 12" ]]; then
  echo "install_deps.sh: this is not Debian 12, whose packages the build is made for;" \
    "see docs/dependencies.md" >&2
  [[ ${CANDOR_ANY_SYSTEM:-} == 1 ]] || exit 1
fi

missing=()
for package in "${packages[@]}"; do
  if [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null) != installed ]]; then
    missing+=("$package")
  fi
done
if [[ ${#missing[@]} == 0 ]]; then exit 0; fi

as_root=()
if [[ $(id -u) != 0 ]]; then
  if ! command -v sudo > /dev/null; then
    echo "install_deps.sh: run as root, or install these packages: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

# -qq still prints errors. Another apt at work (a fresh machine's first boot) is waited for.
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" < /dev/null
}

echo "installing ${#missing[@]} packages: ${missing[*]}" >&2
apt update
apt install -y --no-install-recommends "${missing[@]}" > /dev/null
