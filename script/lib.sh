# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the scripts share: where things are, how they speak, how they become root. Sourced, not run;
# leaves `top` (the checkout), `build` (the build folder) and `cache` (downloads, outside the tree).

set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Read by the scripts that source this file.
# shellcheck disable=SC2034
build=$top/build
# shellcheck disable=SC2034
cache=${BZFORGE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/bzforge}
# Debian's own Python, whatever stands first in PATH: the test packages are installed for it.
# shellcheck disable=SC2034
python=/usr/bin/python3

# Progress goes to standard error: what a script prints is for whoever calls it.
say() {
	printf '%s: %s\n' "$(basename "$0")" "$*" >&2
}

die() {
	say "$*"
	exit 1
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "need root for: $* (no sudo here)"
	fi
}
