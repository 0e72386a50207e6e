#!/usr/bin/env bash
# A sound server of our own with a call and a microphone in it, for tests on machines without a sound card.
#
#   virtual_audio.sh start                start it (nothing happens if it runs) and print its environment
#   virtual_audio.sh env                  print the environment again, for eval
#   virtual_audio.sh play MIC CALL        play two recordings at once, one to each side
#   virtual_audio.sh play-mic FILE        the interviewer alone
#   virtual_audio.sh play-call FILE       the candidate alone
#   virtual_audio.sh unplug-call, plug-call, unplug-mic, plug-mic
#   virtual_audio.sh devices, status
#   virtual_audio.sh crash                kill it as a crash would
#   virtual_audio.sh stop                 end it and tidy up
#
# The sink "call" plays the candidate; its monitor "call.monitor" is what the program records. The source "mic" is the
# interviewer's microphone: it repeats what is played into the sink "micfeed". "speakers" is what remains when the call's
# sink is unplugged: its device class makes the server prefer it, otherwise "micfeed" became the default output and the
# interviewer would rightly be recorded as what the loudspeakers play.
# VIRTUAL_AUDIO_FOLDER chooses the folder, so that several can run side by side.
set -euo pipefail

folder="${VIRTUAL_AUDIO_FOLDER:-${TMPDIR:-/tmp}/depthcue-virtual-audio-$(id -u)}"
rate="${VIRTUAL_AUDIO_RATE:-48000}"
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
LINES
}
eval "$(environment)"

server_pid() { # prints the id if it is still a sound server: ids are used again, and one that ended may wait for init
  local pid
  pid="$(cat "$pid_file" 2>/dev/null)" || return 1
  grep -qs '^Name:.pulseaudio$' "/proc/$pid/status" && lives "$pid" && echo "$pid"
}

lives() { grep -qs '^State:.[^ZX]' "/proc/$1/status"; }

answers() { timeout 5 pactl info >/dev/null 2>&1; }

load() { pactl load-module "$@" >/dev/null; }

plug_call() {
  # Without norewinds the first frame of a null sink comes up to two seconds late.
  load module-null-sink sink_name=call norewinds=1 rate="$rate" channels=2 \
    sink_properties="device.description='Virtual\ call'"
  pactl set-default-sink call
}

plug_mic() {
  load module-null-sink sink_name=micfeed norewinds=1 rate="$rate" channels=1 channel_map=mono \
    sink_properties="device.description='Virtual\ microphone\ feed'"
  load module-remap-source source_name=mic master=micfeed.monitor channels=1 channel_map=mono \
    master_channel_map=mono source_properties="device.description='Virtual\ microphone'"
  pactl set-default-source mic
}

unplug() { # by the arguments that its modules were loaded with; the newest first
  local module
  for module in $(pactl list short modules | awk -F'\t' -v wanted="$1" '$3 ~ wanted { print $1 }' | sort -rn); do
    pactl unload-module "$module" || true
  done
}

start() {
  if server_pid >/dev/null && answers; then environment; return; fi
  mkdir -p "$folder/state"
  chmod 700 "$folder"
  rm -f "$socket" "$pid_file"
  # No default script (-n) and nothing that a container lacks: D-Bus, udev, ALSA, realtime, shared memory.
  setsid pulseaudio -n --daemonize=no --use-pid-file=no --exit-idle-time=-1 --realtime=no --high-priority=no \
    --disable-shm=yes --log-level=notice --load="module-native-protocol-unix socket=$socket auth-anonymous=1" \
    >>"$log" 2>&1 </dev/null &
  echo $! >"$pid_file"
  disown
  local attempt
  for attempt in $(seq 100); do
    answers && break
    # Not by its name: on a busy machine the new process may not yet have become the server.
    if ! lives "$(cat "$pid_file")" || [ "$attempt" = 100 ]; then
      echo "the sound server did not start:" >&2
      tail -5 "$log" >&2
      exit 1
    fi
    sleep 0.05
  done
  load module-null-sink sink_name=speakers norewinds=1 rate="$rate" channels=2 \
    sink_properties="'device.class=sound device.description=\"Virtual loudspeakers\"'"
  plug_call
  plug_mic
  environment
}

stop() {
  local pid
  if pid="$(server_pid)"; then
    kill -TERM "$pid" 2>/dev/null || true
    for _ in $(seq 40); do server_pid >/dev/null || break; sleep 0.05; done
    kill -KILL "$pid" 2>/dev/null || true
  fi
  rm -rf "$folder/state" "$socket" "$pid_file" "$folder/cookie"
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
  status) if pid="$(server_pid)" && answers; then echo "running, process $pid"; else echo stopped; exit 1; fi ;;
  crash) pid="$(server_pid)" && kill -KILL "$pid" ;;
  stop) stop ;;
  *) sed -n '2,19s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
