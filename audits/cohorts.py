"""The privacy gate of cohorts: a cohort, and what it leaves out, must not be a handful of people."""

from __future__ import annotations

from audits.evidence import Evidence

MIN_PEOPLE = 10


def cohort_refusal(evidence: Evidence, min_people: int = MIN_PEOPLE) -> str | None:
    """Return why nothing may be shown of the cohort, None where it may.

    A cohort of fewer than `min_people` users shows these few; one that leaves out fewer shows them by subtraction
    from all users.
    """
    if not evidence.cohort:
        return None
    row = evidence.rows("cohort_size")[0]
    inside, everyone = int(row[0]), int(row[1])
    if inside == 0:
        return "No user of these runs is in the cohort."
    if inside < min_people:
        return f"The cohort has fewer than {min_people} users: nothing is shown of so few people, for privacy."
    if 0 < everyone - inside < min_people:
        return (
            f"The cohort leaves out fewer than {min_people} users, who could be found by subtraction from all users: "
            "nothing is shown, for privacy."
        )
    return None
