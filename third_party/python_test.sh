#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# python_test.sh SCRIPT ARG...: what candor_py_test runs.
PYTHONDONTWRITEBYTECODE=1 exec python3 "$@"
