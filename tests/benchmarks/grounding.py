"""Time the grounding of 50,000 different lines against 50,000 titles: `python tests/benchmarks/grounding.py`.

The titles are made of invented words with the length and the reuse of real ones (Zipf). A fifth of the lines each:
the title as it is; numbered, quoted, with year and maker; with one slip of spelling; a sequel that does not exist;
invented.
"""

from __future__ import annotations

import random
import sys
import time
from itertools import accumulate

from engine.grounding import Grounder
from engine.records import Item

SYLLABLES = [consonant + vowel for consonant in "bdklmnrstv" for vowel in "aeio"]
ENDINGS = ("n", "r", "s", "ck", "nd", "st", "ll", "m", "", "", "")


def invented_titles(n: int, random_: random.Random) -> list[str]:
    """Return n different titles of one to six words from a vocabulary of 20,000."""
    words = [
        "".join(random_.choices(SYLLABLES, k=random_.randint(1, 4))).capitalize() + random_.choice(ENDINGS)
        for _ in range(20_000)
    ]
    weights = list(accumulate(1 / (rank + 20) for rank in range(len(words))))
    small = ("the", "of", "and", "in", "a", "to")
    titles: dict[str, None] = {}
    while len(titles) < n:
        chosen = random_.choices(words, cum_weights=weights, k=random_.choice((1, 2, 2, 3, 3, 4)))
        if len(chosen) > 2:
            chosen.insert(random_.randint(1, len(chosen) - 1), random_.choice(small))
        titles[("The " if random_.random() < 0.3 else "") + " ".join(chosen)] = None
    return list(titles)


def lines_for(titles: list[str], others: list[str], random_: random.Random) -> list[str]:
    """Return one line a title, a fifth of each sort."""

    def slip(title: str) -> str:
        at = random_.randrange(1, max(2, len(title) - 1))
        return title[:at] + random_.choice("aeiounrst") + title[at + 1 :]

    sorts = (
        lambda title, rank: title,
        lambda title, rank: f'{rank}. **"{title}"** (199{rank % 10}) by Some Maker',
        lambda title, rank: f"{rank}. {slip(title)}",
        lambda title, rank: f"{rank}. {title} {rank + 2}",
        lambda title, rank: f"{rank}. {others[rank]} by Some Maker",
    )
    return [sorts[i % 5](title, i // 5 % 50 if i % 5 < 4 else i) for i, title in enumerate(titles)]


def main(n: int = 50_000) -> None:
    """Print index time, grounding time and what was resolved."""
    random_ = random.Random(7)
    invented = invented_titles(2 * n, random_)
    titles, others = invented[:n], invented[n:]
    items = {str(i): Item(item_id=str(i), title=title) for i, title in enumerate(titles)}
    lines = lines_for(titles, others, random_)
    started = time.process_time()
    grounder = Grounder(items)
    indexed = time.process_time()
    matches = grounder.ground(lines)
    ended = time.process_time()
    print(
        f"{n:,} titles indexed in {indexed - started:.1f} s, "
        f"{len(set(lines)):,} lines grounded in {ended - indexed:.1f} s of CPU time"
    )
    for sort, name in enumerate(("as it is", "decorated", "one slip", "no such sequel", "invented")):
        rows = range(sort, n, 5)
        right = sum((m := matches[i]) is not None and m.item_id == str(i) for i in rows)
        wrong = sum((m := matches[i]) is not None and m.item_id != str(i) for i in rows)
        print(f"  {name:15} {right:6,} to the title, {wrong:5,} to another, {len(rows) - right - wrong:6,} to none")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
