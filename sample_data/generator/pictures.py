"""Draw one small picture an item: shape by domain, palette by first category, pattern by creator. Integers only."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from sample_data.generator.catalogue import Entry

SIZE = 64  # pixels
_PALETTES = (  # background, shape, pattern: muted pairs that stay apart in grey
    ((38, 50, 56), (236, 179, 101), (250, 240, 220)),
    ((74, 20, 48), (233, 150, 122), (255, 228, 214)),
    ((16, 60, 72), (92, 190, 180), (226, 247, 243)),
    ((52, 62, 20), (178, 196, 92), (244, 248, 220)),
    ((44, 34, 84), (150, 134, 222), (236, 232, 252)),
    ((94, 44, 10), (240, 160, 60), (255, 240, 214)),
    ((20, 44, 94), (110, 160, 236), (226, 238, 255)),
    ((70, 70, 74), (190, 190, 196), (246, 246, 248)),
    ((96, 16, 24), (226, 88, 84), (255, 224, 220)),
    ((10, 70, 40), (90, 184, 120), (224, 248, 230)),
    ((88, 60, 84), (214, 158, 204), (250, 234, 246)),
    ((60, 46, 30), (190, 152, 104), (248, 236, 216)),
)


def draw(entry: Entry) -> Image.Image:
    """Return the item's picture, `SIZE` squared, in a palette of at most four colours."""
    back, shape, pattern = _PALETTES[_number(entry.categories[0] if entry.categories else "") % len(_PALETTES)]
    second = _PALETTES[_number(entry.categories[-1] if entry.categories else "") % len(_PALETTES)][1]
    image = Image.new("P", (SIZE, SIZE), 0)
    image.putpalette([value for colour in (back, shape, pattern, second) for value in colour])
    canvas = ImageDraw.Draw(image)
    _SHAPES[entry.domain](canvas)
    _stripes(canvas, _number(entry.creators[0] if entry.creators else entry.title))
    era = 0 if entry.year is None else max(0, min(entry.year - 1900, 124))
    canvas.rectangle((2, SIZE - 5, 2 + era * (SIZE - 6) // 124, SIZE - 3), fill=3)
    return image


def draw_all(entries: Sequence[Entry], folder: Path) -> str:
    """Write every picture as PNG, in place of those in the folder; return the SHA-256 of all decoded pixels.

    Pixels and not files, since another version of the compressor may pack the same picture differently.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    digest = hashlib.sha256()
    for entry in entries:
        image = draw(entry)
        image.save(folder / f"{entry.item_id}.png", optimize=True, bits=2)
        digest.update(entry.item_id.encode() + image.convert("RGB").tobytes())
    return digest.hexdigest()


def _film(canvas: ImageDraw.ImageDraw) -> None:
    canvas.rectangle((6, 12, 57, 51), fill=1)
    for x in range(8, 56, 8):
        canvas.rectangle((x, 14, x + 3, 17), fill=0)
        canvas.rectangle((x, 46, x + 3, 49), fill=0)


def _music(canvas: ImageDraw.ImageDraw) -> None:
    canvas.ellipse((8, 6, 55, 53), fill=1)
    canvas.ellipse((26, 24, 37, 35), fill=0)


def _book(canvas: ImageDraw.ImageDraw) -> None:
    canvas.rectangle((15, 5, 50, 55), fill=1)
    canvas.rectangle((15, 5, 20, 55), fill=3)


def _goods(canvas: ImageDraw.ImageDraw) -> None:
    canvas.polygon(((32, 6), (56, 19), (56, 44), (32, 56), (8, 44), (8, 19)), fill=1)
    canvas.line(((8, 19), (32, 31), (56, 19)), fill=0, width=2)
    canvas.line(((32, 31), (32, 56)), fill=0, width=2)


def _news(canvas: ImageDraw.ImageDraw) -> None:
    canvas.rectangle((8, 8, 55, 54), fill=1)
    canvas.rectangle((11, 11, 52, 17), fill=3)
    for y in range(40, 53, 4):
        canvas.line(((11, y), (52, y)), fill=0)


_SHAPES = {"film": _film, "music": _music, "book": _book, "goods": _goods, "news": _news}


def _stripes(canvas: ImageDraw.ImageDraw, number: int) -> None:
    """Draw the creator's mark: a 5 x 3 grid of squares, mirrored like a face, fifteen bits of the number."""
    for row in range(5):
        for column in range(3):
            if number >> (row * 3 + column) & 1:
                for x in {column, 4 - column}:
                    canvas.rectangle((22 + x * 4, 20 + row * 4, 24 + x * 4, 22 + row * 4), fill=2)


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
