"""Try out an opened model: what it is, and whether what it offers works. Not here: how good its answers are."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import jsonschema

from engine.errors import ModelError
from engine.models.contract import (
    Capability,
    EntailmentRequest,
    JsonSchema,
    LanguageModel,
    Prompt,
    Sampling,
    ScoringRequest,
)
from engine.prompts.templates import render
from engine.records import Generation, Message

LIKED = ("Alien", "Blade Runner", "The Shining")
ASK_JSON = (Message(role="user", content='Is Alien a film? Answer as JSON: {"answer": "yes"} or {"answer": "no"}.'),)
ASK_LABEL = (Message(role="user", content="Is Alien a film? Answer Yes or No."),)
SCHEMA = {
    "type": "object",
    "properties": {"answer": {"type": "string", "enum": ["yes", "no"]}},
    "required": ["answer"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that a model says about itself."""

    what: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One thing that was tried. `is_required`: a model that offers the capability must be able to do it."""

    what: str
    works: bool
    detail: str
    is_required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReport:
    """What `check_model` found."""

    facts: tuple[Fact, ...]
    trials: tuple[Trial, ...]


def check_model(model: LanguageModel) -> ModelReport:
    """Describe a model and try each capability that it offers once.

    Raises:
        ModelUnavailable: it cannot be reached any more.
    """
    trials: list[Trial] = []
    if Capability.GENERATE in model.capabilities:
        trials.append(_try("generate", lambda: _generate(model)))
        trials.append(_try("generate JSON by schema", lambda: _generate_json(model), is_required=False))
    if Capability.SCORE in model.capabilities:
        trials.append(_try("score", lambda: _score(model), is_required=False))
    if Capability.EMBED in model.capabilities:
        trials.append(_try("embed", lambda: _embed(model), is_required=Capability.GENERATE not in model.capabilities))
    if Capability.CLASSIFY in model.capabilities:
        trials.append(_try("classify", lambda: _classify(model)))
    return ModelReport(facts=_facts(model), trials=tuple(trials))


def _facts(model: LanguageModel) -> tuple[Fact, ...]:
    about = model.describe()
    known = {
        "name": about.name,
        "capabilities": ", ".join(sorted(model.capabilities)),
        "digest": about.digest,
        "quantisation": about.quantisation,
        "device": about.device,
        "parameters": f"{about.parameters:,}" if about.parameters else "",
        "context length": f"{about.context_length:,} tokens" if about.context_length else "",
        **about.details,
    }
    return tuple(Fact(what=what, value=value) for what, value in known.items() if value)


def _try(what: str, trial: Callable[[], str], *, is_required: bool = True) -> Trial:
    try:
        return Trial(what=what, works=True, detail=trial(), is_required=is_required)
    except ModelError as error:
        return Trial(what=what, works=False, detail=str(error), is_required=is_required)


def _answer(model: LanguageModel, prompt: Prompt, max_tokens: int) -> Generation:
    generation = model.generate([prompt], Sampling(max_tokens=max_tokens))[0]
    if generation.error is not None:
        raise ModelError(generation.error)
    return generation


def _generate(model: LanguageModel) -> str:
    history = [SimpleNamespace(label=title, rating=None) for title in LIKED]
    asked = render(
        "recommend", statement="", history=history, k=3
    )  # the product's own words: `embedded` knows no others
    generation = _answer(model, Prompt(messages=asked, purpose="check"), 64)
    if not generation.tokens_out or not generation.latency_ms:
        return f"{generation.text[:80]!r}"
    speed = 1000 * generation.tokens_out / generation.latency_ms
    return f"{generation.tokens_out} tokens, {speed:.1f} tokens/s, one request alone: {generation.text[:80]!r}"


def _generate_json(model: LanguageModel) -> str:
    text = _answer(model, Prompt(messages=ASK_JSON, constraint=JsonSchema(schema=SCHEMA), purpose="check"), 64).text
    try:
        jsonschema.validate(json.loads(text), SCHEMA)
    except (json.JSONDecodeError, jsonschema.ValidationError) as error:
        raise ModelError(f"the answer does not keep the schema: {text[:80]!r}") from error
    return text


def _score(model: LanguageModel) -> str:
    yes, no = model.score([ScoringRequest(messages=ASK_LABEL, continuations=("Yes", "No"))])[0]
    return f"ln p(Yes) {yes.logprob:.2f}, ln p(No) {no.logprob:.2f}"


def _embed(model: LanguageModel) -> str:
    vectors = model.embed(["a film about space", "a science-fiction film", "a recipe for soup"])
    near, far = float(vectors[0] @ vectors[1]), float(vectors[0] @ vectors[2])
    return f"{vectors.shape[1]} dimensions; cosine of like texts {near:.2f}, of unlike texts {far:.2f}"


def _classify(model: LanguageModel) -> str:
    premise = ("Alien is a film of 1979.", "It was directed by Ridley Scott.")
    said = ("Ridley Scott directed Alien.", "Alien was directed by Akira Kurosawa.", "Alien is sold in Spain.")
    found = model.classify([EntailmentRequest(premise=premise, hypothesis=one) for one in said])
    return "; ".join(
        f"{what} sentence: entailment {one.entailment:.2f}, neutral {one.neutral:.2f}, "
        f"contradiction {one.contradiction:.2f}"
        for what, (one, *_) in zip(("a true", "a false", "an open"), found, strict=True)
    )
