"""Text vectors of catalogue items, as the kernels need them: those kept on disk, or made now if that is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from audits.errors import Unmeasured
from audits.evidence import Evidence
from audits.queries import Parameter
from engine.datasets.arrow_compute import compute as pc
from engine.errors import EngineError
from engine.item_vectors import ItemTexts, ItemVectors, text_of
from engine.models.registry import known_digest, open_model


def read_vectors(
    evidence: Evidence, using: Mapping[str, str], parameters: Mapping[str, Parameter]
) -> NDArray[np.float32]:
    """Return unit vectors of all items of the runs' catalogues, (n_items, n_dimensions), in the order of their numbers.

    An item without a vector has zeros. The parameters `encoder` and `embed` say which encoder's, and whether vectors
    that are not kept are made now.

    Raises:
        Unmeasured: no encoder is named, or its vectors are not kept and not to be made.
    """
    encoder, embed = str(parameters["encoder"] or ""), bool(parameters["embed"])
    if not encoder:
        raise Unmeasured("No encoder is named: give one, for example --set coverage.encoder=minilm.")
    if evidence.cache is None:
        raise Unmeasured("This log has no folder for text vectors.")
    catalogues = read_catalogues(evidence, using, parameters)
    store = ItemVectors(evidence.cache / "vectors")
    made = [_of(store, items, encoder, embed) for items in catalogues]
    vectors = made[0] if len(made) == 1 else np.concatenate(made or [np.zeros((0, 1), dtype=np.float32)])
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return np.divide(vectors, np.maximum(lengths, 1e-12)[:, None], out=vectors)


def read_catalogues(
    evidence: Evidence, using: Mapping[str, str], parameters: Mapping[str, Parameter]
) -> list[ItemTexts]:
    """Return what is embedded of the items of each dataset, in the order of their numbers."""
    items = evidence.table("catalogue_texts", using=using, **parameters)
    names = evidence.table("catalogue_names", using=using, **parameters)
    numbers = items["item_no"].to_numpy()
    texts = map(
        text_of,
        items["title"].to_pylist(),
        _names_of(numbers, names, "creator"),
        _names_of(numbers, names, "category"),
        pc.fill_null(items["description"], "").to_pylist(),
    )
    known = pa.table({"dataset": items["dataset_fingerprint"], "item_id": items["item_id"], "text": list(texts)})
    datasets = (known.filter(pc.equal(known["dataset"], dataset)) for dataset in known["dataset"].unique())
    return [ItemTexts(item_ids=one["item_id"].to_pylist(), texts=one["text"].to_pylist()) for one in datasets]


def _names_of(numbers: NDArray[np.int32], names: pa.Table, kind: str) -> Iterator[list[str]]:
    """Yield the names of one kind that each item has; `names` come in the order of the items' numbers."""
    these = names.filter(pc.equal(names["kind"], kind))
    labels, of_items = these["label"].to_pylist(), these["item_no"].to_numpy()
    firsts, ends = (np.searchsorted(of_items, numbers, side).tolist() for side in ("left", "right"))
    return (labels[first:end] for first, end in zip(firsts, ends, strict=True))


def _of(store: ItemVectors, items: ItemTexts, encoder: str, embed: bool) -> NDArray[np.float32]:
    try:
        digest = known_digest(encoder)
        model = None if digest is not None and not embed else open_model(encoder)
        described = model.describe() if model is not None else None
        kept = store.kept(items, encoder, described.digest if described is not None else digest or "")
        if kept is None and embed and model is not None:
            kept = store.of_texts(items, model)
    except EngineError as error:
        raise Unmeasured(f"{encoder} gives no vectors: {error}") from error
    if kept is None:
        raise Unmeasured(
            f"No text vectors of this catalogue by {encoder} are kept. Make them once with "
            f"`recaudit audit --audit coverage --set coverage.encoder={encoder} --set coverage.embed=true`."
        )
    return kept
