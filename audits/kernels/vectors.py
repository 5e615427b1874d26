"""Text vectors of catalogue items, as the kernels need them: those kept on disk, or made now if that is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from audits.errors import Unmeasured
from audits.evidence import Evidence
from audits.queries import Parameter
from engine.errors import EngineError
from engine.item_vectors import ItemVectors
from engine.models.registry import known_digest, open_model
from engine.records import Item


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
) -> list[list[Item]]:
    """Return the items of each dataset, in the order of their numbers."""
    names: dict[tuple[int, str], list[str]] = {}
    for item_no, kind, label in evidence.rows("catalogue_names", using=using, **parameters):
        names.setdefault((item_no, kind), []).append(label)
    catalogues: dict[str, list[Item]] = {}
    for number, fingerprint, item_id, title, description in evidence.rows("catalogue_texts", using=using, **parameters):
        item = Item(
            item_id=item_id, title=title, description=description or "",
            creators=tuple(names.get((number, "creator"), ())), categories=tuple(names.get((number, "category"), ())),
        )  # fmt: skip
        catalogues.setdefault(fingerprint, []).append(item)
    return list(catalogues.values())


def _of(store: ItemVectors, items: Sequence[Item], encoder: str, embed: bool) -> NDArray[np.float32]:
    try:
        digest = known_digest(encoder)
        model = None if digest is not None and not embed else open_model(encoder)
        described = model.describe() if model is not None else None
        kept = store.kept(items, encoder, described.digest if described is not None else digest or "")
        if kept is None and embed and model is not None:
            kept = store.of_items(items, model)
    except EngineError as error:
        raise Unmeasured(f"{encoder} gives no vectors: {error}") from error
    if kept is None:
        raise Unmeasured(
            f"No text vectors of this catalogue by {encoder} are kept. Make them once with "
            f"`recaudit audit --audit coverage --set coverage.encoder={encoder} --set coverage.embed=true`."
        )
    return kept
