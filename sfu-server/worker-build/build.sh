#!/usr/bin/env bash
# Builds mediasoup-worker from the C++ source inside the installed npm package, on the libraries of
# Debian 12 or newer, for machines that cannot download the prebuilt worker.
# usage: build.sh MEDIASOUP_PACKAGE_DIR OUTPUT_FILE
#
# Works in a folder under TMPDIR and removes it. Lines beginning with "step: " name what goes on.
# Exit codes: 3, packages are missing and only root may install them (stdout's last line lists them);
# 4, no apt-get here; anything else but 0, the build failed.
set -euo pipefail

step() { echo "step: $*"; }
fail() { echo "$*" >&2; exit 1; }

[ $# -eq 2 ] || fail "usage: build.sh MEDIASOUP_PACKAGE_DIR OUTPUT_FILE"
package=$(realpath "$1"); output=$(realpath -m "$2")
here=$(dirname "$(realpath "$0")")
[ -f "$package/worker/meson.build" ] || fail "$package has no worker source"
command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || exit 4

export DEBIAN_FRONTEND=noninteractive
# Another installation may hold the lock, on a new machine for instance; it ends some time.
wait_for_lock=(-o DPkg::Lock::Timeout=300)

step "looking for the tools"
# pkg-config comes from pkgconf in newer releases, so it is looked for as a program.
wanted=(g++ meson ninja-build patch dpkg-dev libssl-dev libuv1-dev libabsl-dev libflatbuffers-dev flatbuffers-compiler)
missing=()
for name in "${wanted[@]}"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$name")
done
command -v pkg-config >/dev/null || missing+=(pkg-config)
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" -ne 0 ]; then
    echo "${missing[*]}"
    exit 3
  fi
  step "installing ${missing[*]}"
  apt-get "${wait_for_lock[@]}" update -q
  apt-get "${wait_for_lock[@]}" install -y -q --no-install-recommends "${missing[@]}"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

step "fetching libsrtp's source"
# From the distribution's own source archive, with lists of our own: needs no root and changes nothing.
mkdir -p "$work"/apt/{sources,lists/partial,cache/archives/partial} "$work/srtp"
for file in /etc/apt/sources.list /etc/apt/sources.list.d/{debian,ubuntu}.{sources,list}; do
  # A CD-ROM has no sources; a line that names both kinds must not ask for the binaries.
  [ ! -f "$file" ] || sed -E -e '/^deb(-src)? cdrom:/d' -e 's/^Types:.*/Types: deb-src/' -e 's/^deb /deb-src /' \
    "$file" >"$work/apt/sources/$(basename "$file")"
done
apt_source=(
  -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$work/apt/sources"
  -o "Dir::State::Lists=$work/apt/lists" -o "Dir::Cache=$work/apt/cache"
  # The unprivileged download user of root's apt cannot write into our folder.
  -o "APT::Sandbox::User=$(id -un)"
)
apt-get "${apt_source[@]}" update -q
(cd "$work/srtp" && apt-get "${apt_source[@]}" source -q libsrtp2) ||
  fail "libsrtp2's source cannot be had from the distribution's archive"

step "preparing the worker's source"
cp -r "$package/worker" "$work/worker"
cd "$work/worker"
rm -rf out
for file in "$here"/patches/*.patch; do
  patch -p1 --fuzz=0 --no-backup-if-mismatch <"$file" ||
    fail "$(basename "$file") does not fit this version of mediasoup"
done
for overlay in "$here"/overlay/*/; do
  name=$(basename "$overlay")
  # A subproject whose directory already exists is used as it is, never downloaded.
  directory=$(sed -n 's/^directory *= *//p' "subprojects/$name.wrap")
  [ -n "$directory" ] || fail "this version of mediasoup has no subproject $name"
  cp -r "$overlay" "subprojects/$directory"
done
cp -r "$work"/srtp/libsrtp2-*/ subprojects/libsrtp2

step "configuring"
meson setup build --buildtype release -Db_ndebug=true --wrap-mode=nodownload

step "compiling the common headers"
# Most of the time goes into reading the standard library again for each file. The compiler takes a
# precompiled variant whose flags fit, and reads the header itself where none does: a failure here
# costs time only. Not through CXXFLAGS, which would change the answers of Meson's own checks.
headers=$work/common-headers.hpp
cp "$here/common-headers.hpp" "$headers"
mkdir "$headers.gch"
for source in src/main.cpp deps/libwebrtc/; do
  ninja -C build -t commands mediasoup-worker | grep -m 1 " -c ../$source" |
    sed -E "s# -MD -MQ .*# -x c++-header $headers -o $headers.gch/${source%%/*}#" >"$work/precompile" || true
  (cd build && sh "$work/precompile") || echo "no precompiled headers for $source"
done
sed -i "s#-Winvalid-pch -std=c++20#-std=c++20 -include $headers#" build/build.ninja

step "compiling"
# A compiler process of this source takes up to 700 MB; swapping is slower than waiting.
available_mb=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo)
jobs=$((available_mb / 700))
cores=$(nproc)
if [ "$jobs" -gt "$cores" ]; then jobs=$cores; fi
if [ "$jobs" -lt 1 ]; then jobs=1; fi
ninja -C build -j "$jobs" mediasoup-worker

step "installing"
mkdir -p "$(dirname "$output")"
# Under a name of its own first: whoever sees the output file sees all of it.
install -s -m 755 build/mediasoup-worker "$output.part"
mv "$output.part" "$output"
