#!/usr/bin/env bash
# A sound server of our own with a call and a microphone in it, for tests on machines without a sound card.
#
#   virtual_audio.sh start                start it (nothing happens if it runs) and print its environment
#   virtual_audio.sh env                  print the environment again, for eval
#   virtual_audio.sh play MIC CALL        play two recordings at once, one to each side
#   virtual_audio.sh play-mic FILE        the interviewer alone
#   virtual_audio.sh play-call FILE       the candidate alone
#   virtual_audio.sh unplug-call, plug-call [HZ], unplug-mic, plug-mic [HZ]
#   virtual_audio.sh devices, status
#   virtual_audio.sh crash                kill it as a crash would
#   virtual_audio.sh stop                 end it and tidy up
#
# The sink "call" plays the candidate; its monitor "call.monitor" is what the program records. The source "mic" is the
# interviewer's microphone: it repeats what is played into the sink "micfeed". "speakers" is what remains when the call's
# sink is unplugged: its device class makes the server prefer it, otherwise "micfeed" became the default output and the
# interviewer would rightly be recorded as what the loudspeakers play.
# VIRTUAL_AUDIO_FOLDER chooses the folder, so that several can run side by side; VIRTUAL_AUDIO_SERVER the server,
# pulseaudio or pipewire (with wireplumber and pipewire-pulse).
set -euo pipefail

folder="${VIRTUAL_AUDIO_FOLDER:-${TMPDIR:-/tmp}/depthcue-virtual-audio-$(id -u)}"
server="${VIRTUAL_AUDIO_SERVER:-pulseaudio}"
rate=48000
if [[ "${1:-}" == plug-* ]]; then rate="${2:-$rate}"; fi
socket="$folder/native"
pid_file="$folder/server.pid"
log="$folder/server.log"

environment() {
  cat <<LINES
export XDG_RUNTIME_DIR='$folder'
export PULSE_RUNTIME_PATH='$folder'
export PULSE_STATE_PATH='$folder/state'
export PULSE_COOKIE='$folder/cookie'
export PULSE_SERVER='unix:$socket'
export PIPEWIRE_RUNTIME_DIR='$folder'
export XDG_STATE_HOME='$folder/state'
export WIREPLUMBER_CONFIG_DIR='$folder/wireplumber'
LINES
}
eval "$(environment)"

lives() { grep -qs '^State:.[^ZX]' "/proc/$1/status"; }

server_pids() { # those that still are what was started: ids are used again, and one that ended may wait for init
  local pid name
  while read -r pid name; do
    if grep -qs "^Name:.$name\$" "/proc/$pid/status" && lives "$pid"; then echo "$pid"; fi
  done 2>/dev/null <"$pid_file" || true
}

answers() { timeout 5 pactl info >/dev/null 2>&1; }

load() { pactl load-module "${1%% *}" "${1#* }" >/dev/null; } # a module with its arguments, in one word

choose() { # PipeWire takes a default only once its session manager is there
  for _ in $(seq 100); do pactl "$@" 2>/dev/null && return; sleep 0.02; done
  pactl "$@"
}

# Without norewinds the first frame of a null sink comes up to two seconds late.
null_sink="module-null-sink norewinds=1 rate=$rate"
speakers="$null_sink channels=2 sink_name=speakers"
speakers+=" sink_properties='device.class=sound priority.session=900 device.description=\"Virtual loudspeakers\"'"
call="$null_sink channels=2 sink_name=call sink_properties='device.description=\"Virtual call\"'"
micfeed="$null_sink channels=1 channel_map=mono sink_name=micfeed"
micfeed+=" sink_properties='device.description=\"Virtual microphone feed\"'"
mic="module-remap-source source_name=mic master=micfeed.monitor channels=1 channel_map=mono"
mic+=" master_channel_map=mono source_properties='device.description=\"Virtual microphone\"'"

plug_call() {
  load "$call"
  choose set-default-sink call
}

plug_mic() {
  load "$micfeed"
  load "$mic"
  choose set-default-source mic
}

unplug() { # by the arguments that its modules were loaded with; the newest first
  local module
  for module in $(pactl list short modules | awk -F'\t' -v wanted="$1" '$3 ~ wanted { print $1 }' | sort -rn); do
    pactl unload-module "$module" || true
  done
}

run() { # a program of the server's, in a session of its own
  setsid "$@" >>"$log" 2>&1 </dev/null &
  echo "$! $1" >>"$pid_file"
  disown
}

# Nothing that a container lacks: D-Bus, udev, ALSA, realtime, shared memory.
run_pulseaudio() { # with this script alone (-n); it has its devices and defaults before anybody can connect
  printf '%s\n' "load-module $speakers" "load-module $call" "load-module $micfeed" "load-module $mic" \
    "set-default-sink call" "set-default-source mic" \
    "load-module module-native-protocol-unix socket=$socket auth-anonymous=1" >"$folder/state/start.pa"
  run pulseaudio -n --file="$folder/state/start.pa" --daemonize=no --use-pid-file=no --exit-idle-time=-1 \
    --realtime=no --high-priority=no --disable-shm=yes --log-level=notice
}

run_pipewire() { # its session manager ends when the D-Bus is missing that its parts for real devices need
  cp -r /usr/share/wireplumber/. "$WIREPLUMBER_CONFIG_DIR"
  sed -i '/bluetooth.lua/d' "$WIREPLUMBER_CONFIG_DIR/wireplumber.conf"
  sed -i '/_monitor.enable/d' "$WIREPLUMBER_CONFIG_DIR/main.lua.d/90-enable-all.lua"
  sed -i 's/\(flatpak-portal"\] = \)true/\1false/' "$WIREPLUMBER_CONFIG_DIR/main.lua.d/50-default-access-config.lua"
  run pipewire
  until [ -S "$folder/pipewire-0" ]; do sleep 0.02; done
  run wireplumber
  run pipewire-pulse
}

start() {
  if [ -n "$(server_pids)" ] && answers; then environment; return; fi
  mkdir -p "$folder/state" "$folder/wireplumber"
  chmod 700 "$folder"
  rm -f "$socket" "$folder"/pipewire-0* "$pid_file"
  "run_$server"
  local attempt
  for attempt in $(seq 100); do
    answers && break
    # Not by its name: on a busy machine the new process may not yet have become the server.
    if ! lives "$(head -n 1 "$pid_file" | cut -d ' ' -f 1)" || [ "$attempt" = 100 ]; then
      echo "the sound server did not start:" >&2
      tail -n 5 "$log" >&2
      exit 1
    fi
    sleep 0.02
  done
  if [ "$server" = pipewire ]; then
    load "$speakers"
    plug_call
    plug_mic
  fi
  environment
}

stop() {
  local pids
  pids="$(server_pids)"
  if [ -n "$pids" ]; then
    # shellcheck disable=SC2086 # the list is split on purpose
    kill -TERM $pids 2>/dev/null || true
    for _ in $(seq 100); do [ -z "$(server_pids)" ] && break; sleep 0.02; done
    # shellcheck disable=SC2086
    kill -KILL $pids 2>/dev/null || true
  fi
  rm -rf "$folder/state" "$folder/wireplumber" "$socket" "$folder"/pipewire-0* "$pid_file" "$folder/cookie"
}

play() {
  paplay --device=micfeed "$1" & local mic=$!
  paplay --device=call "$2" & local call=$!
  trap "kill $mic $call 2>/dev/null || true" EXIT
  wait $mic $call
}

case "${1:-help}" in
  start) start ;;
  env) environment ;;
  play) play "$2" "$3" ;;
  play-mic) exec paplay --device=micfeed "$2" ;;
  play-call) exec paplay --device=call "$2" ;;
  plug-call) plug_call ;;
  plug-mic) plug_mic ;;
  unplug-call) unplug 'sink_name=call( |$)' ;;
  unplug-mic) unplug '(sink_name=micfeed|source_name=mic)( |$)' ;;
  devices) pactl list short sinks; pactl list short sources; pactl info | grep -E '^(Server Name|Default)' ;;
  status)
    pids="$(server_pids)"
    if [ -n "$pids" ] && answers; then echo "running, process" $pids; else echo stopped; exit 1; fi ;;
  # shellcheck disable=SC2046 # the list is split on purpose
  crash) kill -KILL $(server_pids) ;;
  stop) stop ;;
  *) sed -n '2,20s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
