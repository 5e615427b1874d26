"""May two runs be compared? What must be equal, said in words where it is not."""

from __future__ import annotations

from audits.scope import RunFacts

_MUST_BE_EQUAL = (
    ("dataset_fingerprint", "dataset"),
    ("split_kind", "kind of split"),
    ("split_n", "held-out interactions a user"),
    ("split_cutoff", "cutoff time"),
    ("candidate_protocol", "candidate protocol"),
    ("constraints", "constraints on eligible items"),
    ("allows_repeat_consumption", "whether items already consumed count as targets"),
)


def obstacles(run: RunFacts, reference: RunFacts, k: int | None = None) -> tuple[str, ...]:
    """Return why two runs cannot be compared, one reason an element; empty: they can.

    With `k` given, lists of different length are compared at that length.
    """
    reasons = []
    for name, said in _MUST_BE_EQUAL:
        ours, theirs = getattr(run, name), getattr(reference, name)
        if ours != theirs:
            if name == "dataset_fingerprint":
                ours, theirs = f"{run.dataset_name} {ours[:12]}", f"{reference.dataset_name} {theirs[:12]}"
            reasons.append(f"the {said} differs ({ours} against {theirs})")
    if k is None and run.k != reference.k:
        reasons.append(f"k differs ({run.k} against {reference.k}; give k to compare at the same length)")
    return tuple(reasons)
