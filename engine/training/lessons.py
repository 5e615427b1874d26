"""Lessons: a history, read once, and everything that is asked about it, as a tree of texts. Not here: tokens, fitting.

A branch sees the texts on its way from the root and nothing else, just as a prompt would: so one pass over a history
serves a list, a dozen judgements and a reason together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.prompts.templates import render
from engine.records import Message
from engine.training.corpus import HISTORY_LENGTH, Sampler, World, history_values, preferences_line
from engine.training.tokenizer import BOS, END, ROLES

# How often a lesson asks for each family.
SHARES = {
    "sequential": 1.0,
    "verdicts": 1.0,
    "explanation": 0.25,
    "preferences": 0.2,
    "judging": 0.1,
    "direct": 0.1,
    "rating": 0.1,
    "matching": 0.15,
    "tool_call": 0.25,
}
N_VERDICTS = 12
HISTORY_WEIGHT, VERDICT_WEIGHT = 0.3, 3.0  # of a token's loss; of an answer's token: 1
AVOIDED_AT = 0.5  # share of list ranks at which a title that must not stand there is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A text and what may follow it.

    `weight` is that of the loss of each of its tokens, 0: it is given. An `avoided` text is one whose probability must
    fall. No token may reach over the border of two texts: each begins with a space, a line break or a special token.
    """

    text: str
    weight: float = 0.0
    avoided: bool = False
    branches: tuple[Branch, ...] = ()


class Teacher:
    """Draws lessons; the same seed draws the same ones."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.sampler = Sampler(world, seed)
        self.random = self.sampler.random

    def epoch(self) -> Iterator[Branch]:
        """Go once over the taught users, each cut where sittings begin, half of the cuts each time."""
        for place in self.random.permutation(self.world.taught):
            sequence, starts = self.world.sequences[place], self.world.sittings[place]
            for which in self.random.permutation(len(starts))[: (len(starts) + 1) // 2]:
                yield self.lesson(sequence, starts[which])
                if self.random.random() < SHARES["tool_call"]:
                    yield from (conversation(e.messages) for e in self.sampler.example("tool_call", sequence, 0))

    def lesson(self, sequence: list, cut: int) -> Branch:
        """Return the history before the cut with all that is asked about it."""
        history = history_values(self.world, sequence[:cut])
        system, user = render("recommend", **history, k=1)
        stem = user.content[: user.content.rindex("\n") + 1]
        branches = []
        for family, share in SHARES.items():
            if family == "tool_call" or self.random.random() >= share:
                continue
            if family == "sequential":
                branches.append(self._list(sequence, cut, history, stem))
            elif family == "verdicts":
                branches.append(self._verdicts(sequence, cut, history, stem))
            else:
                for example in self.sampler.example(family, sequence, cut):
                    *_, asked, answer = example.messages
                    said = Branch(text=answer.content + END, weight=1.0)
                    branches.append(Branch(text=_question(asked, stem), branches=(said,)))
        root = BOS + ROLES["system"] + system.content + END + ROLES["user"]
        return Branch(text=root, branches=(Branch(text=stem, weight=HISTORY_WEIGHT, branches=tuple(branches)),))

    def _list(self, sequence: list, cut: int, history: Mapping[str, object], stem: str) -> Branch:
        """Ask for a list. Beside some ranks stands a title that is in the history or in the list already: never that.

        Source: Welleck et al., Neural text generation with unlikelihood training, ICLR 2020.
        """
        labels = self.world.labels
        wanted = self.sampler.wanted(sequence, cut)
        known = [item for item, _ in sequence[:cut]][-HISTORY_LENGTH:]
        following: tuple[Branch, ...] = ()
        for rank in range(len(wanted), 0, -1):
            ending = f"\n{rank + 1}." if rank < len(wanted) else END
            title = Branch(text=f" {labels[wanted[rank - 1]]}{ending}", weight=1.0, branches=following)
            following = (title, *self._avoided(known, wanted[: rank - 1]))
        first = Branch(text="1.", weight=1.0, branches=following)
        _, user = render("recommend", **history, k=len(wanted))
        return Branch(text=_question(user, stem), branches=(first,))

    def _avoided(self, known: Sequence[str], listed: Sequence[str]) -> Iterator[Branch]:
        if self.random.random() < AVOIDED_AT:
            source = listed if listed and self.random.random() < 0.7 else known
            item = source[int(self.random.integers(len(source)))]
            yield Branch(text=f" {self.world.labels[item]}\n", avoided=True)

    def _verdicts(self, sequence: list, cut: int, history: Mapping[str, object], stem: str) -> Branch:
        """Ask for judgements, each candidate for itself, as the matcher scores them; only yes and no are learned."""
        line = preferences_line(self.world, [item for item, _ in sequence[:cut][-HISTORY_LENGTH:]])
        said = line if self.random.random() < 0.9 else "not said"
        _, user = render("judge", **history, preferences=said)
        verdicts = tuple(
            Branch(
                text=f"{self.world.labels[item]}:",
                branches=(Branch(text=" yes" if liked else " no", weight=VERDICT_WEIGHT),),
            )
            for item, liked in self.sampler.judged(sequence, cut, N_VERDICTS)
        )
        return Branch(text=_question(user, stem), branches=verdicts)


def conversation(messages: Sequence[Message]) -> Branch:
    """Return a conversation without branches, whose last message is learned."""
    *given, answer = messages
    text = BOS + "".join(f"{ROLES[m.role]}{m.content}{END}" for m in given) + ROLES["assistant"]
    return Branch(text=text, branches=(Branch(text=answer.content + END, weight=1.0),))


def texts(branch: Branch) -> Iterator[str]:
    """Yield every text of a tree."""
    yield branch.text
    for following in branch.branches:
        yield from texts(following)


def _question(message: Message, stem: str) -> str:
    if not message.content.startswith(stem):
        raise ValueError("all templates that ask about a history must begin with it, in the same words")
    return message.content.removeprefix(stem) + END + ROLES["assistant"]
