"""A run plan: who is to be recommended what, by which recommender, under which protocol. Not here: carrying it out."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from engine.records import Constraints, LabTest, User, Variant

NEUTRAL = "neutral"
_SAMPLED = re.compile(r"sampled:([1-9]\d*)")


class PlannedVariant(BaseModel):
    """A counterfactual form of every request, for example name "gender=woman", statement "I am a woman.".

    One that states a value of a user attribute says which, and is named after it, so that the log tells a statement
    that is true of its user from one that is not.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=128)
    statement: str = ""
    attribute: str = ""  # that it states a value of; empty: of none
    value: str = ""
    audience: Literal["everyone", "own", "others"] = "everyone"  # own, others: by the user's own value, where known
    repeats: int | None = Field(default=None, ge=1, le=100)  # None: as often as the plan says

    @model_validator(mode="after")
    def _named_after_its_value(self) -> PlannedVariant:
        if bool(self.attribute) != bool(self.value) or (self.attribute and self.name != self.stated):
            raise ValueError("a variant that states an attribute has its value too, and is named attribute=value")
        if self.audience != "everyone" and not self.attribute:
            raise ValueError(f"the audience {self.audience!r} needs an attribute and a value to go by")
        return self

    @property
    def stated(self) -> str:
        """Return attribute=value."""
        return f"{self.attribute}={self.value}"

    def is_for(self, user: User) -> bool:
        """Return whether the user is asked for in this form."""
        own = user.attributes.get(self.attribute, "").strip()
        if self.audience == "own":
            return own == self.value
        return self.audience == "everyone" or own not in ("", self.value)

    def record(self) -> Variant:
        """Return the variant as the record that requests carry."""
        return Variant(name=self.name, statement=self.statement)


class PlannedConstraints(BaseModel):
    """What every recommended item must satisfy."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    domains: tuple[str, ...] = ()
    max_price: float | None = Field(default=None, ge=0)
    in_stock_only: bool = False
    max_age_rating: int | None = Field(default=None, ge=0)

    def record(self) -> Constraints:
        """Return the constraints as the record that requests carry."""
        return Constraints(**self.model_dump())


class LabPlan(BaseModel):
    """What makes a run a lab run: the run whose requests it changes, and how."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_run_id: str
    base_head: str  # hash of the last record of its journal: other answers call for another lab run
    tests: tuple[LabTest, ...] = Field(min_length=1)
    insists: bool = True  # a test that finds nothing to change is an error; False: it is left out
    repeats: int = Field(default=3, ge=1, le=100)  # of the unchanged request, for the noise floor
    times: int = Field(default=1, ge=1, le=100)  # that each changed request is asked
    controls: int = Field(default=2, ge=1, le=20)  # random removals beside the removal of what is named
    paraphrase: Literal["rules", "model"] = "rules"  # who puts the reasoning into other words
    candidates: Literal["fixed", "found"] = "fixed"  # where items are withheld: those of the base run, or found anew


class RunPlan(BaseModel):
    """Everything that a run's result depends on, and how it is carried out.

    `users`: a number draws that many with the seed, names take exactly these, None takes everybody who has something
    held out. `candidates`: "full" ranks the whole catalogue; "sampled:100" the held-out items among 100 that the user
    never met.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    dataset: str
    recommender: str
    config: dict[str, Any] = Field(default_factory=dict)
    model: str | None = None  # None: the recommender's default
    device: str = "auto"
    users: int | tuple[str, ...] | None = None
    k: int = Field(default=10, ge=1, le=1000)
    split: str | None = None  # None: the dataset's default
    candidates: str = "full"
    repeats: int = Field(default=1, ge=1, le=100)
    variants: tuple[PlannedVariant, ...] = (PlannedVariant(name=NEUTRAL),)
    constraints: PlannedConstraints = PlannedConstraints()
    allow_repeat_consumption: bool = False
    seed: int = Field(default=0, ge=0)
    lab: LabPlan | None = None  # None: an ordinary run
    label: str = ""  # for people; empty: the recommender's name
    batch_size: int = Field(default=32, ge=1, le=4096)  # requests between two writes to the journal

    @field_validator("users")
    @classmethod
    def _some_users(cls, users: int | tuple[str, ...] | None) -> int | tuple[str, ...] | None:
        if (isinstance(users, int) and users < 1) or users == ():
            raise ValueError("users must be at least one; leave it out for everybody")
        return users

    @field_validator("candidates")
    @classmethod
    def _known_protocol(cls, candidates: str) -> str:
        if candidates != "full" and not _SAMPLED.fullmatch(candidates):
            raise ValueError(f'expected "full" or "sampled:<number of negatives>", got {candidates!r}')
        return candidates

    @field_validator("variants")
    @classmethod
    def _distinct_variants(cls, variants: tuple[PlannedVariant, ...]) -> tuple[PlannedVariant, ...]:
        if not variants or len({variant.name for variant in variants}) < len(variants):
            raise ValueError("variants must be at least one, each with a name of its own")
        return variants

    @property
    def n_negatives(self) -> int | None:
        """Return how many negatives are sampled for each user; None under full ranking."""
        match = _SAMPLED.fullmatch(self.candidates)
        return int(match[1]) if match else None


def plan_digest(plan: RunPlan, *, config: Mapping[str, Any], model_digest: str | None, fingerprint: str) -> str:
    """Return the SHA-256 of everything that decides the run's result.

    How it is carried out (device, batch size) and what it is called stay out, so that a run can be resumed elsewhere.
    """
    left_out = {"batch_size", "device", "label", "config", "variants"} | ({"lab"} if plan.lab is None else set())
    settled = plan.model_dump(mode="json", exclude=left_out)
    settled["variants"] = [_settled_variant(variant) for variant in plan.variants]
    content = {"plan": settled, "config": dict(config), "model_digest": model_digest, "fingerprint": fingerprint}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _settled_variant(variant: PlannedVariant) -> dict[str, Any]:
    """Return the variant as data; what it leaves at its default stays out, so that older plans keep their digest."""
    return {"statement": variant.statement, **variant.model_dump(mode="json", exclude_defaults=True)}


def variant_records(plan: RunPlan) -> tuple[Variant, ...]:
    """Return the plan's variants as records, in order."""
    return tuple(variant.record() for variant in plan.variants)
