"""Real talk without labels, for `adapt_base.py` and `train_review.py`: writes `training/base/talk.jsonl.xz`.

    git clone https://github.com/thechangelog/transcripts /tmp/transcripts
    python training/talk.py /tmp/transcripts

One line an episode: `file`, `turns` (speaker, text). Episodes of the development rows are left out, and whole shows
that stay unseen for later checks.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from review_rows import BACKCHANNEL_WORDS, context_of

HERE = Path(__file__).parent
COMMIT = "44a0e16"
SHOWS = ("jsparty", "gotime", "friends", "bigtent", "backstage", "brainscience", "afk", "spotlight")
TURN = re.compile(r"^\*\*([^*]+):\*\*\s*(.*?)(?=^\*\*[^*]+:\*\*|\Z)", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
NOTE = re.compile(r"\\?\[[^\]]*\]|[*_\\]")
END = re.compile(r"(?<=[.!?])[\"”]?\s+(?=[A-Z\"“])")
LEAST_WORDS, MOST_WORDS = 4, 60


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence of somebody who answers, or a whole turn that asks, after what was said before it."""

    file: str
    context: str
    text: str
    is_turn: bool


def episode_of(source: str) -> str:
    """ "thechangelog/transcripts@44a0e16:gotime/go-time-277.md#Name; CC..." -> "gotime/go-time-277.md"."""
    return source.split(";")[0].split("#")[0].rpartition(":")[2].strip()


def turns_of(markdown: str) -> list[tuple[str, str]]:
    plain = ((speaker, NOTE.sub(" ", LINK.sub(r"\1", said))) for speaker, said in TURN.findall(markdown))
    return [(speaker, text) for speaker, said in plain if (text := " ".join(said.split()))]


def spoken(episode: dict) -> Iterator[Spoken]:
    """All of an episode that the program would ask the encoder about: who asks last is taken for the interviewer."""
    question, asker, answer = "", "", []
    for speaker, text in episode["turns"]:
        if text.endswith("?") and speaker != asker and len(text.split()) > BACKCHANNEL_WORDS:
            yield Spoken(episode["file"], context_of(question, answer), text, is_turn=True)
            question, asker, answer = text, speaker, []
            continue
        if speaker == asker:
            continue
        for sentence in END.split(text):
            if LEAST_WORDS <= len(sentence.split()) <= MOST_WORDS:
                yield Spoken(episode["file"], context_of(question, answer), sentence, is_turn=False)
            answer.append(sentence)


def read_talk(path: Path) -> list[dict]:
    with lzma.open(path, "rt", encoding="utf8") as lines:
        return [json.loads(line) for line in lines]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clone", type=Path)
    parser.add_argument("--without", type=Path, nargs="*", default=[], help="JSON lines whose `file` is left out too")
    args = parser.parse_args()

    def git(*command: str) -> str:
        return subprocess.run(
            ["git", "-C", str(args.clone), *command], capture_output=True, text=True, check=True
        ).stdout

    left_out = {
        episode_of(json.loads(line)["source"])
        for name in ("gold_dev.jsonl", "gold_dev_natural.jsonl")
        for line in (HERE / "data" / name).read_text(encoding="utf8").splitlines()
    }
    left_out |= {json.loads(line)["file"] for path in args.without for line in path.read_text("utf8").splitlines()}
    files = [name for name in git("ls-tree", "-r", "--name-only", COMMIT).splitlines() if name.endswith(".md")]
    files = [name for name in files if name.split("/")[0] in SHOWS and name not in left_out]
    target = HERE / "base" / "talk.jsonl.xz"
    with lzma.open(target, "wt", encoding="utf8", preset=6) as lines:
        for name in files:
            turns = turns_of(git("show", f"{COMMIT}:{name}"))
            lines.write(json.dumps({"file": name, "turns": turns}, ensure_ascii=False) + "\n")
    print(f"{len(files)} episodes, {target.stat().st_size / 1e6:.1f} MB: {target}")


if __name__ == "__main__":
    main()
