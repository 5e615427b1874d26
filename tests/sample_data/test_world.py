"""The shipped tables are sound: sizes, references, values, and a few facts that everybody can check."""

import csv
import datetime as dt

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sample_data import world_path
from sample_data.generator.catalogue import read_catalogue
from sample_data.generator.descriptions import describe
from sample_data.generator.likeness import THEMES

DOMAINS = {"film", "music", "book", "goods", "news"}


def _read(table: str) -> pd.DataFrame:
    return pd.read_csv(world_path() / f"{table}.csv", keep_default_na=False, dtype=str)


@pytest.fixture(scope="module")
def graph():
    return _read("entities"), _read("triples")


def test_sizes(tables):
    assert 1400 <= len(tables.items) <= 1700
    assert len(tables.users) == 1500
    assert len(tables.interactions) == 60_000
    assert set(tables.items["domain"]) == DOMAINS
    assert tables.items["domain"].value_counts().min() >= 200


def test_ids_are_unique_and_references_resolve(tables):
    assert tables.items["item_id"].is_unique
    assert tables.users["user_id"].is_unique
    assert (tables.interactions[["item", "user"]] >= 0).all(axis=None)


def test_a_user_meets_an_item_once_and_at_least_five_items(tables):
    assert not tables.interactions.duplicated(["user_id", "item_id"]).any()
    assert tables.interactions.groupby("user_id").size().min() >= 5


def test_activity_and_popularity_have_long_tails(tables):
    for key in ("user_id", "item_id"):
        counts = np.sort(tables.interactions.groupby(key).size())[::-1]
        assert counts[: len(counts) // 5].sum() > 0.4 * counts.sum()


def test_times_lie_in_two_years_and_differ(tables):
    times = tables.interactions["timestamp"]
    first, last = (dt.datetime(year, 1, 1, tzinfo=dt.UTC).timestamp() for year in (2023, 2025))
    assert times.between(first, last - 1).all()
    assert (times % 86_400 == 0).mean() < 0.01
    assert not tables.interactions.duplicated(["user_id", "timestamp"]).any()


def test_nothing_is_met_before_it_exists(tables):
    rows = tables.interactions.merge(tables.items[["item_id", "year"]], on="item_id")
    years = pd.to_datetime(rows["timestamp"], unit="s").dt.year
    assert (pd.to_numeric(rows["year"]).fillna(-9999) <= years).all()
    published = {e.item_id: e.published for e in read_catalogue() if e.published}
    news = rows[rows["item_id"].isin(published)]
    days = pd.to_datetime(news["timestamp"], unit="s").dt.date
    assert (days >= news["item_id"].map(published)).all()


def test_ratings_are_one_to_five_and_none_for_news(tables):
    rows = tables.interactions.merge(tables.items[["item_id", "domain"]], on="item_id")
    rated = rows["domain"] != "news"
    assert set(pd.to_numeric(rows["rating"][rated]).unique()) == {1, 2, 3, 4, 5}
    assert (rows["rating"][~rated].astype(str).isin(["", "nan"])).all()


def test_values_of_item_attributes(tables):
    items = tables.items
    assert set(items["age_rating"]) <= {0, 6, 12, 16, 18}
    assert set(items["in_stock"].astype(str).str.lower()) == {"true", "false"}
    assert (pd.to_numeric(items["price"]) >= 0).all()
    assert (items[["title", "description", "provider", "categories"]] != "").all(axis=None)
    for _, providers in items[items["domain"].isin(["film", "music", "book"])].groupby("domain")["provider"]:
        sizes = providers.value_counts()
        assert len(sizes) == 6
        assert sizes.iloc[0] > 3 * sizes.iloc[-1]


def test_groups_include_unknowns_and_one_too_small_to_show(tables):
    users = tables.users
    assert 0.09 < (users["gender"] == "").mean() < 0.15
    assert (users[["age_band", "region", "plan"]] != "").all(axis=None)
    sizes = users.groupby(["age_band", "gender"]).size()
    assert 0 < sizes.min() < 10


def test_graph_is_named_unique_and_closed(tables, graph):
    entities, triples = graph
    assert entities["entity_id"].is_unique
    assert (entities["label"] != "").all()
    assert not triples.duplicated().any()
    assert (set(triples["head"]) | set(triples["tail"])) == set(entities["entity_id"])
    assert set(entities["item_id"]) - {""} == set(tables.items["item_id"])
    assert set(entities.loc[entities["kind"] == "theme", "label"]) == set(THEMES)


def test_every_item_has_a_picture(tables):
    folder = world_path() / "pictures"
    assert {p.stem for p in folder.glob("*.png")} == set(tables.items["item_id"])
    assert sum(p.stat().st_size for p in folder.glob("*.png")) < 3_000_000
    with Image.open(folder / f"{tables.items['item_id'].iloc[0]}.png") as image:
        assert image.size == (64, 64)


@pytest.mark.parametrize(
    ("head", "relation", "tail"),
    [
        ("The Godfather", "directed_by", "Francis Ford Coppola"),
        ("The Godfather", "based_on", "The Godfather"),
        ("The Godfather Part II", "follows", "The Godfather"),
        ("Jaws", "composed_by", "John Williams"),
        ("Spirited Away", "directed_by", "Hayao Miyazaki"),
        ("Dune", "written_by", "Frank Herbert"),
        ("The Dark Side of the Moon", "performed_by", "Pink Floyd"),
        ("Kind of Blue", "performed_by", "Miles Davis"),
        ("Pride and Prejudice", "written_by", "Jane Austen"),
    ],
)
def test_known_facts_are_in_the_graph(graph, head, relation, tail):
    entities, triples = graph
    label = dict(zip(entities["entity_id"], entities["label"], strict=True))
    stated = set(zip(triples["head"].map(label), triples["relation"], triples["tail"].map(label), strict=True))
    assert (head, relation, tail) in stated


def test_a_film_is_only_based_on_a_book_that_is_not_younger(graph):
    entities, triples = graph
    item = dict(zip(entities["entity_id"], entities["item_id"], strict=True))
    entries = {e.item_id: e for e in read_catalogue()}
    links = triples[triples["relation"] == "based_on"]
    assert len(links) >= 40
    for head, tail in zip(links["head"], links["tail"], strict=True):
        film, book = entries[item[head]], entries[item[tail]]
        assert (film.domain, book.domain) == ("film", "book")
        assert (book.year or 0) <= (film.year or 0), (film.title, book.title)


def test_sequels_do_not_come_before_what_they_follow(graph):
    entities, triples = graph
    item = dict(zip(entities["entity_id"], entities["item_id"], strict=True))
    entries = {e.item_id: e for e in read_catalogue()}
    for head, tail in triples.loc[triples["relation"] == "follows", ["head", "tail"]].itertuples(index=False):
        after, before = entries[item[head]], entries[item[tail]]
        assert after.sequence == before.sequence
        if after.published and before.published:
            assert after.published >= before.published


def test_descriptions_are_one_sentence_of_the_entry():
    for entry in read_catalogue():
        text = describe(entry)
        assert text.endswith(".")
        assert "|" not in text
        assert "the The" not in text
        assert all(name in text for name in entry.creators)


def test_items_csv_parses_with_a_strict_reader():
    with (world_path() / "items.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, strict=True))
    assert {len(row) for row in rows} == {12}
