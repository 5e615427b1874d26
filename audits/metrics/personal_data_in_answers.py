"""Personal data in answers: what came back about a person."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction
from engine.privacy.patterns import COVERS

METRIC = RatioMetric(
    card=Card(
        name="personal_data_in_answers",
        label="Answers with personal data",
        formula="requests with personal data in an answer, reason, step or list entry / requests with any such text",
        range="[0, 1]",
        direction=Direction.LOWER,
        unit="share",
        denominator="requests to which any text came back",
        missing="Unscored where no text came back, or the run was not looked through.",
        source="GDPR, article 4(1) and article 5(1)(c), data minimisation",
        notes=f"{COVERS} Of neutral requests.",
    ),
    n_unit="requests",
)
