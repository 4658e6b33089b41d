#!/bin/sh
# Starts mediasoup-worker in a session of its own: Ctrl-C and service managers signal the whole
# process group, and the worker would end every call before the server could say so. It still ends
# with Node, because it ends when its channel is closed.
set -- "$MEDIASOUP_WORKER_BIN" "$@"

# It parses what strangers send: of the environment it gets what it needs, and nothing else of what an
# operator may keep there.
start() {
  exec env -i "PATH=$PATH" "MEDIASOUP_VERSION=$MEDIASOUP_VERSION" \
    ${LD_LIBRARY_PATH:+"LD_LIBRARY_PATH=$LD_LIBRARY_PATH"} "$@"
}

if command -v setsid >/dev/null 2>&1; then start setsid "$@"; fi
# macOS has no setsid command, but it has perl.
start perl -e 'use POSIX; POSIX::setsid(); exec @ARGV or die $!' "$@"
