"""Text vectors stay where users have kept them, whoever looks for them and in whatever order."""

from __future__ import annotations

import numpy as np

from engine.item_vectors import ItemTexts, ItemVectors, item_text
from engine.models.contract import ModelDescription
from engine.records import Item

ITEMS = [
    Item(item_id="b", title="A  Film", creators=("One", "Two"), categories=("x",), description=" told\n well"),
    Item(item_id="a", title="Other"),
    Item(item_id="ä", title="", categories=("y", "z")),
]
KEPT = "8632fb1ff3fa019f0adb01059381f05ad0fa181c7f0ba1a6bb318dd8ef4a9124"  # by ids and texts as they were hashed before


class Encoder:
    def __init__(self):
        self.texts: list[str] = []

    def describe(self):
        return ModelDescription(name="m", digest="d")

    def embed(self, texts):
        self.texts += texts
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)


def test_vectors_are_kept_under_the_name_they_have_always_had(tmp_path):
    made = ItemVectors(tmp_path).of_items(ITEMS, Encoder())
    assert [path.name for path in tmp_path.iterdir()] == [f"{KEPT}.safetensors"]
    assert made[:, 0].tolist() == [len(item_text(item)) for item in ITEMS]


def test_who_knows_ids_and_texts_finds_them_in_his_order_and_nothing_is_embedded_again(tmp_path):
    encoder, store = Encoder(), ItemVectors(tmp_path)
    made = store.of_items(ITEMS, encoder)
    texts = ItemTexts(item_ids=[i.item_id for i in ITEMS[::-1]], texts=[item_text(i) for i in ITEMS[::-1]])
    found = store.kept(texts, "m", "d")
    assert found is not None
    assert found.tolist() == made[::-1].tolist()
    assert store.of_texts(texts, encoder).tolist() == made[::-1].tolist()
    assert encoder.texts == ["Other", "A Film. One, Two. x. told well", "y, z"]  # in the order of the ids


def test_another_text_or_model_has_no_vectors(tmp_path):
    store = ItemVectors(tmp_path)
    store.of_items(ITEMS, Encoder())
    ids, texts = [item.item_id for item in ITEMS], [item_text(item) for item in ITEMS]
    assert store.kept(ItemTexts(item_ids=ids, texts=texts), "m", "other") is None
    assert store.kept(ItemTexts(item_ids=ids, texts=[*texts[:2], "y"]), "m", "d") is None
