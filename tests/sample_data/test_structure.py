"""The simulated behaviour carries structure that recommenders can learn, and a difference that audits can find."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sample_data import world_path
from sample_data.generator.catalogue import read_catalogue
from sample_data.generator.check import SPLITS, Measured, measure, p_value, report
from sample_data.generator.likeness import theme_weights

LEARNERS = ("item-kNN", "content")


@pytest.fixture(scope="module")
def measured(tables) -> dict[str, Measured]:
    return {split: measure(tables, split) for split in SPLITS}


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("learner", LEARNERS)
def test_learners_beat_most_popular_clearly(measured, split, learner):
    ndcg = measured[split].ndcg
    assert ndcg[learner].mean() > 2.0 * ndcg["most popular"].mean()
    assert p_value(ndcg[learner], ndcg["most popular"]) < 1e-4


def test_cold_items_are_there_and_only_content_finds_them(measured):
    at_cutoff = measured["cutoff-time"]
    assert at_cutoff.n_cold_items >= 40
    assert at_cutoff.n_cold_meetings >= 200
    assert at_cutoff.cold_recall["content"] > 0.02
    assert at_cutoff.cold_recall["content"] > 5 * at_cutoff.cold_recall["most popular"]


@pytest.mark.parametrize("split", SPLITS)
def test_older_users_are_served_worse(measured, split):
    result = measured[split]
    older = (result.users["age_band"] == "55+").to_numpy()
    assert older.sum() >= 50
    for learner in LEARNERS:
        ndcg = result.ndcg[learner]
        assert ndcg[older].mean() < 0.85 * ndcg[~older].mean(), learner
    kept = result.ndcg["item-kNN"]
    assert stats.ttest_ind(kept[older], kept[~older], equal_var=False, alternative="less").pvalue < 0.05


def test_plan_is_a_control_without_a_gap(measured):
    result = measured["leave-last-out"]
    paid = (result.users["plan"] == "paid").to_numpy()
    ndcg = result.ndcg["item-kNN"]
    assert stats.ttest_ind(ndcg[paid], ndcg[~paid], equal_var=False).pvalue > 0.05


def test_horror_has_its_season(tables):
    horror = {e.item_id for e in read_catalogue() if theme_weights(e).get("horror", 0) > 0.3}
    rows = tables.interactions
    month = pd.to_datetime(rows["timestamp"], unit="s").dt.month
    share = rows["item_id"].isin(horror).groupby(month).mean()
    assert share[10] > 1.4 * share.drop(10).mean()


def test_taste_of_some_users_drifts(tables):
    """What a user did most in the first half-year holds through the second, and loses share after the halfway point."""
    entries = read_catalogue()
    strongest = {e.item_id: max(theme_weights(e), key=lambda t: theme_weights(e)[t]) for e in entries}
    rows = tables.interactions.assign(theme=lambda f: f["item_id"].map(strongest))
    quarter = (rows["timestamp"] - rows["timestamp"].min()) * 4 // (np.ptp(rows["timestamp"]) + 1)
    counts = rows.groupby(["user", quarter.rename("quarter"), "theme"]).size().unstack(["quarter", "theme"])
    first, second, later = counts[0], counts[1], counts[2].add(counts[3], fill_value=0)
    enough = (first.sum(axis=1) >= 8) & (second.sum(axis=1) >= 5) & (later.sum(axis=1) >= 10)
    main = first[enough].idxmax(axis=1)

    def share(part: pd.DataFrame) -> np.ndarray:
        return np.array([part.at[user, theme] if theme in part else 0 for user, theme in main.items()]) / (
            part[enough].sum(axis=1).to_numpy()
        )

    before, after = np.nan_to_num(share(second.fillna(0))), np.nan_to_num(share(later.fillna(0)))
    assert len(main) > 100
    assert after.mean() < before.mean() - 0.02
    assert stats.ttest_rel(after, before, alternative="less").pvalue < 0.01


def test_series_are_followed(tables):
    """The next part comes right after a part far more often than it would by its own popularity."""
    triples = pd.read_csv(world_path() / "triples.csv")
    pairs = triples[triples["relation"] == "follows"]
    follows = set(zip(pairs["tail"].str.removeprefix("item:"), pairs["head"].str.removeprefix("item:"), strict=True))
    rows = tables.interactions
    here, there = rows["item_id"].to_numpy()[:-1], rows["item_id"].to_numpy()[1:]
    same = rows["user"].to_numpy()[:-1] == rows["user"].to_numpy()[1:]
    has_next = pd.Series(here[same]).isin({a for a, _ in follows}).to_numpy()
    taken = np.array([pair in follows for pair in zip(here[same], there[same], strict=True)])
    assert taken[has_next].mean() > 0.15


@pytest.mark.parametrize("split", SPLITS)
def test_datasheet_shows_what_is_measured(measured, split):
    """Equal but for what a tie may move on another CPU; p values are shown to one digit and not compared."""
    lines = (world_path().parent / "DATASHEET.md").read_text(encoding="utf-8").splitlines()
    shown = [
        line.split("|") for line in lines if line.startswith(tuple(f"| {name} |" for name in measured[split].ndcg))
    ]
    rows = shown[3 * SPLITS.index(split) :][:3]
    fresh = [line.split("|") for line in report(measured[split]).splitlines()[2:]]
    for ours, made in zip(rows, fresh, strict=True):
        assert ours[1] == made[1]
        for column in (2, 3, 4, *range(6, len(made) - 1)):
            assert float(ours[column]) == pytest.approx(float(made[column]), abs=0.002)


def test_datasheet_states_the_sizes(tables):
    text = (world_path().parent / "DATASHEET.md").read_text(encoding="utf-8")
    about = json.loads((world_path() / "world.json").read_text(encoding="utf-8"))
    assert all(f"{count:,} {name}" in text for name, count in about["counts"].items())
    for attribute in ("age_band", "gender", "region", "plan"):
        for value, count in tables.users[attribute].value_counts().items():
            assert f"{value or 'unknown'}: {count:,}" in text or f"{value or 'unknown'} {count:,}" in text
