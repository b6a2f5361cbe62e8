#!/bin/sh
# Makes the recordings that come with the product out of the list in
# flows/prompts.go, and the music for waiting callers: 8 kHz, mono,
# A-law (what a telephone line carries, half the size of linear).
# Needs espeak-ng and sox (on Debian: apt-get install espeak-ng sox).
#   scripts/prompts.sh            makes what is missing
#   scripts/prompts.sh --all      makes everything anew
set -eu
cd "$(dirname "$0")/.."
out=configs/freeswitch/sounds
all=${1:-}
for tool in espeak-ng sox; do
  command -v "$tool" >/dev/null || { echo "prompts: $tool is missing" >&2; exit 1; }
done
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$out/zh" "$out/en" "$out/music"

# speak VOICE SPEED TEXT FILE
speak() {
  espeak-ng -v "$1" -s "$2" -p 45 -w "$tmp/raw.wav" "$3"
  # no silence at the ends, short pauses within, the telephone's band, even loudness
  sox "$tmp/raw.wav" -r 8000 -c 1 -e a-law "$tmp/cut.wav" gain -6 \
    silence -l 1 0.01 0.3% -1 0.18 0.3% reverse silence 1 0.01 0.3% reverse \
    highpass 120 lowpass 3400 pad 0.05 0.08 norm -4
  mv "$tmp/cut.wav" "$4"
}

made=0
sed -n 's/^\t{"\([a-z0-9_]*\)", "\([^"]*\)", "\([^"]*\)"},$/\1|\2|\3/p' flows/prompts.go >"$tmp/list"
while IFS='|' read -r name zh en; do
  if [ -n "$all" ] || [ ! -s "$out/zh/$name.wav" ]; then
    speak cmn 225 "$zh" "$out/zh/$name.wav"; made=$((made + 1))
  fi
  if [ -n "$all" ] || [ ! -s "$out/en/$name.wav" ]; then
    if [ "$en" = . ]; then # nothing to say in this language: a breath
      sox -n -r 8000 -c 1 -e a-law "$out/en/$name.wav" trim 0 0.1
    else
      speak en-us 180 "$en" "$out/en/$name.wav"
    fi
    made=$((made + 1))
  fi
done <"$tmp/list"

# Music: four soft chords, plucked and fading, twice round; about 32 seconds.
if [ -n "$all" ] || [ ! -s "$out/music/waiting.wav" ]; then
  chord() { # FILE low, then three notes one after the other, then together
    sox -n -r 8000 -c 1 -b 16 "$tmp/low.wav" synth 4 sine "$2" fade h 0.3 4 0.8 gain -14
    i=0
    for note in "$3" "$4" "$5" "$4"; do
      sox -n -r 8000 -c 1 -b 16 "$tmp/n$i.wav" synth 4 pluck "$note" fade t 0.01 4 2.5 gain -10 pad "$(awk "BEGIN{print $i*0.5}")" trim 0 4
      i=$((i + 1))
    done
    sox -m "$tmp/low.wav" "$tmp/n0.wav" "$tmp/n1.wav" "$tmp/n2.wav" "$tmp/n3.wav" "$1" lowpass 2400
  }
  chord "$tmp/c1.wav" C3 C4 E4 G4
  chord "$tmp/c2.wav" A2 A3 C4 E4
  chord "$tmp/c3.wav" F3 F3 A3 C4
  chord "$tmp/c4.wav" G3 G3 B3 D4
  sox "$tmp/c1.wav" "$tmp/c2.wav" "$tmp/c3.wav" "$tmp/c4.wav" "$tmp/c1.wav" "$tmp/c2.wav" "$tmp/c3.wav" "$tmp/c4.wav" \
    -r 8000 -c 1 -e a-law "$out/music/waiting.wav" reverb 30 norm -12
  made=$((made + 1))
fi
echo "prompts: $made made, $(ls "$out/zh" | wc -l) in zh, $(ls "$out/en" | wc -l) in en, $(du -sk "$out" | cut -f1) KB in $out"
