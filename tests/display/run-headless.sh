#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs COMMAND [ARG...] on a private X server, with settings of its own; exits as the command does.
# Without Xvfb it tells a TAP reader to skip. WM=1: with a window manager; BUS=1: with a session bus.
# SCREEN=2600x1600: of another size.
set -eu
if ! command -v Xvfb >/dev/null 2>&1; then
  if [ "${TN_DISPLAY_REQUIRED:-}" ]; then
    echo "Bail out! Xvfb is not installed" && exit 1
  fi
  echo "1..0 # SKIP Xvfb is not installed"
  exit "${TN_SKIP_STATUS:-0}"
fi
T=$(mktemp -d)
mkdir -m 700 "$T/run"
mkdir -p "$T/config/gtk-4.0" "$T/data" "$T/cache"
printf '[Settings]\ngtk-enable-animations=0\ngtk-cursor-blink=0\n' >"$T/config/gtk-4.0/settings.ini"
mkfifo "$T/display"
X_PID=
WM_PID=
cleanup() {
  [ -z "$WM_PID" ] || kill "$WM_PID" 2>/dev/null || :
  [ -z "$X_PID" ] || kill "$X_PID" 2>/dev/null || :
  wait 2>/dev/null || :
  rm -rf "$T"
}
trap cleanup EXIT
trap 'exit 143' TERM
trap 'exit 130' INT
# The server says its number itself: no race for one with tests that run beside this one. -r: no
# auto-repeat, because on a busy machine a key goes up late.
Xvfb -displayfd 3 -screen 0 "${SCREEN:-1280x800}x24" -nolisten tcp -noreset -r 3>"$T/display" >"$T/x.log" 2>&1 &
X_PID=$!
read -r NUMBER <"$T/display"
export DISPLAY=":$NUMBER" XDG_RUNTIME_DIR="$T/run" XDG_CONFIG_HOME="$T/config" \
  XDG_DATA_HOME="$T/data" XDG_CACHE_HOME="$T/cache" XDG_STATE_HOME="$T/state" GDK_BACKEND=x11 \
  GSK_RENDERER="${GSK_RENDERER:-cairo}" GSETTINGS_BACKEND=memory GTK_A11Y="${GTK_A11Y:-test}" \
  GIO_USE_VFS=local ADW_DISABLE_PORTAL=1 LC_ALL="${LC_ALL:-C.UTF-8}"
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS
if [ "${WM:-}" ]; then
  openbox --sm-disable >/dev/null 2>&1 &
  WM_PID=$!
fi
if [ "${BUS:-}" ] && command -v dbus-run-session >/dev/null 2>&1; then
  unset GTK_A11Y
  # What the services of the bus print is not what COMMAND prints.
  dbus-run-session -- sh -c 'exec "$@" >&3 3>&-' sh "$@" 3>&1 >&2
else
  "$@"
fi
