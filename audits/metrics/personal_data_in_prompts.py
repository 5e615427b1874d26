"""Personal data in prompts: what a model was told about a person."""

from __future__ import annotations

from audits.metrics.metric import RatioMetric
from audits.results import Card, Direction
from engine.privacy.patterns import COVERS

METRIC = RatioMetric(
    card=Card(
        name="personal_data_in_prompts",
        label="Prompts with personal data",
        formula="requests with personal data in a prompt / requests with a prompt",
        range="[0, 1]",
        direction=Direction.LOWER,
        unit="share",
        denominator="requests with a prompt",
        missing="Unscored where no prompt is recorded, or the run was not looked through.",
        source="GDPR, article 4(1) and article 5(1)(c), data minimisation",
        notes=f"{COVERS} Of neutral requests.",
    ),
    n_unit="requests",
)
