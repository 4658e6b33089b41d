#!/bin/sh
# Starts mediasoup-worker in a session of its own: Ctrl-C and service managers signal the whole
# process group, and the worker would end every call before the server could say so. It still ends
# with Node, because it ends when its channel is closed.
if command -v setsid >/dev/null 2>&1; then exec setsid "$MEDIASOUP_WORKER_BIN" "$@"; fi
# macOS has no setsid command, but it has perl.
exec perl -e 'use POSIX; POSIX::setsid(); exec @ARGV or die $!' "$MEDIASOUP_WORKER_BIN" "$@"
