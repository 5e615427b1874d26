"""What the list of audits holds: a card for every metric that the list of metrics names, and nothing undeclared."""

from __future__ import annotations

import dataclasses
from functools import cache

import pytest

from audits.audit import Audit, Topic
from audits.cards import list_audits, metric_names
from audits.discovery import find_audits
from audits.errors import AuditError
from audits.metrics.catalogue import find_metrics
from audits.results import Breakdown, Comparison, Measure, NotApplicable
from audits.settings import settings_of
from tests.conformance.test_audits import outcome

# Section and phrase of the list of metrics -> the card that it is. Several cards where the list names several forms.
NAMED = {
    "A": {
        "Recall@k": ["recall"], "Precision@k": ["precision"], "HitRate@k": ["hit_rate"],
        "NDCG@k (binary and graded)": ["ndcg", "graded_ndcg"], "MRR@k": ["mrr"], "MAP@k": ["map"],
        "AUC and log-loss for matching tasks": ["auc", "log_loss"], "RMSE/MAE for rating tasks": ["rmse", "mae"],
    },
    "B": {
        "catalogue coverage": ["coverage"],
        "Gini over all items; rank-weighted exposure Gini": ["gini", "exposure_gini"],
        "Shannon entropy": ["entropy"], "novelty; items without interactions apart": ["novelty", "cold_item_share"],
        "intra-list diversity, by attributes and by embedding": ["intra_list_diversity", "intra_list_diversity_text"],
        "serendipity": ["serendipity"], "calibration": ["calibration"],
        "ARP, APLT, ACLT, popularity lift": ["arp", "aplt", "aclt", "popularity_lift"],
        "inter-user diversity, homogenisation": ["inter_user_diversity", "homogenisation"],
        "intra-user diversity": ["intra_user_diversity"],
    },
    "C": {
        "exposure per provider group, difference and ratio": ["exposure_difference", "exposure_ratio"],
        "exposure over merit": ["exposure_merit_ratio"], "inequity of amortised attention": ["attention_inequity"],
        "RSP and REO": ["rsp", "reo"], "share held by the worst-off fraction": ["worst_off_share"],
    },
    "D": {
        "utility gap, difference": ["utility_gap"], "worst-group utility": ["worst_group"],
        "bias disparity": ["bias_disparity"], "impact ratio": ["impact_ratio"],
        "demographic parity of exposure": ["exposure_parity"],
    },
    "E": {
        "Jaccard@k": ["jaccard_to_neutral"], "SERP*@k raw and normalised": ["serp_published", "serp"],
        "PRAG*@k raw and normalised": ["prag_published", "prag"], "SNSR and SNSV": ["snsr", "snsv"],
        "net sensitivity, noise floor": ["net_sensitivity", "noise_floor"], "concealment": ["concealment"],
    },
    "F": {
        "attrition: delivered": ["delivered_share"], "out of catalogue, per item and per list": [
            "out_of_catalogue_share", "invented_list_share"],
        "near miss or fabricated": ["near_miss_share"], "duplicate": ["duplicate_share"],
        "already consumed": ["already_consumed_share"], "unparseable": ["unparseable_share"],
        "ineligible": ["ineligible_share"], "missing": ["missing_share"], "failed": ["failed_request_share"],
        "claims supported / contradicted / unverifiable": [
            "supported_claim_share", "contradicted_claim_share", "unverifiable_claim_share"],
        "fabricated-attribute rate": ["fabricated_attribute_rate"],
        "history-misattribution rate": ["history_misattribution_rate"],
        "a judge's unscored rate": ["unscored_claim_share"],
    },
    "G": {
        "early answering": ["early_aoc_top", "early_aoc_list"], "added mistakes": [
            "mistake_one_top", "mistake_one_list", "mistake_all_top", "mistake_all_list"],
        "paraphrase": ["paraphrase_top", "paraphrase_list"], "filler": ["filler_top", "filler_list"],
        "is a planted hint verbalised": ["hint_top", "hint_owned"],
        "necessity": ["necessity_dropped", "necessity_shift"], "sufficiency": ["sufficiency_kept"],
    },
    "H": {
        "path fidelity": ["path_fidelity"], "path coverage": ["path_coverage"], "LIR": ["lir"], "SEP": ["sep"],
        "path-type diversity and concentration": ["path_type_diversity", "path_type_concentration"],
        "SHAP: contributions, additivity gap, number of evaluations": [
            "top_item_share", "attribution_gap", "attribution_evaluations"],
    },
    "I": {
        "p50 and p95 latency": ["latency_p50", "latency_p95"], "time to first token": ["first_token_p50"],
        "tokens per second": ["tokens_per_second"], "tokens per delivered": ["tokens_per_recommendation"],
        "memory high water": ["memory_peak", "gpu_memory_peak"],
        "energy measured or estimated": ["energy_measured", "energy_estimated"], "price": ["price"],
    },
    "J": {
        "drift of users against drift of lists": ["preference_drift", "list_drift", "drift_following"],
        "lag until a new interest shows up": ["new_interest_lag"],
        "accuracy on items first seen in the window": ["new_item_recall", "known_item_recall"],
    },
}  # fmt: skip
PHRASES = [
    (section, phrase, name) for section, all_ in NAMED.items() for phrase, names in all_.items() for name in names
]


@cache
def listed() -> dict[str, str]:
    """Return the section of each card's name, without what a name is of (snsr:gender)."""
    found: dict[str, str] = {}
    for listing in list_audits():
        for one in listing.cards:
            found.setdefault(one.card.name.partition(":")[0], one.section)
    return found


@pytest.mark.parametrize(("section", "phrase", "name"), PHRASES)
def test_every_metric_of_the_list_has_its_card_in_its_section(section, phrase, name):
    assert listed().get(name) == section, phrase


def test_every_metric_is_shown_by_an_audit():
    shown = {name for audit in find_audits().values() for name in metric_names(audit)}
    assert shown == set(find_metrics())


@pytest.mark.parametrize("name", sorted(find_audits()))
def test_an_audit_shows_only_cards_that_it_lists(name):
    (listing,) = list_audits(name)
    declared = {one.card.name.partition(":")[0] for one in listing.cards}
    sections = [s for s in getattr(outcome(name), "sections", ()) if isinstance(s, Measure | Comparison | Breakdown)]
    assert {s.card.name.partition(":")[0] for s in sections} <= declared
    assert declared, "an audit without any number has nothing to list"
    assert listing.settings == settings_of(find_audits()[name]())


def test_listed_cards_are_full_and_their_names_mean_one_thing():
    cards: dict[str, set] = {}
    for listing in list_audits():
        for one in listing.cards:
            for text in (one.card.label, one.card.formula, one.card.range, one.card.denominator, one.card.missing,
                         one.card.source):  # fmt: skip
                assert text, one.card.name
            cards.setdefault(one.card.name, set()).add(one.card)
    assert {name for name, found in cards.items() if len(found) > 1} == set()


def test_metrics_named_by_a_setting_are_listed():
    @dataclasses.dataclass(frozen=True)
    class One(Audit):
        metrics: tuple[str, ...] = ("ndcg", "recall")
        shows = ("gini", "ndcg")

        def run(self, evidence):
            return NotApplicable(audit=self.name, question="", run_ids=evidence.run_ids, reason="It is only listed.")

    assert metric_names(One) == ("gini", "ndcg", "recall")


def test_an_unknown_audit_names_what_there_is():
    with pytest.raises(AuditError, match="providers"):
        list_audits("provider")


@pytest.mark.parametrize("listing", list_audits(), ids=lambda listing: listing.audit.name)
def test_what_an_audit_leads_with_is_among_its_cards(listing):
    assert set(listing.audit.leads) <= {listed.card.name for listed in listing.cards}
    assert listing.audit.topic is not Topic.OTHER  # each of ours helps to answer a question that people ask
