"""MovieLens as GroupLens publishes it: 100K (u.data, u.item, u.user, u.genre) and 1M (ratings, movies, users .dat).

Both are Latin-1. Source: https://files.grouplens.org/datasets/movielens/ (README of each).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from engine.datasets.arrow import TEXT
from engine.datasets.arrow_compute import compute as pc
from engine.datasets.files.delimited import read_delimited
from engine.datasets.files.raw import RawDataset, RawTable, RowCheck
from engine.datasets.loaders.people import with_age_band, with_gender
from engine.datasets.loaders.source import Source
from engine.datasets.loaders.titles import with_film_titles
from engine.datasets.problems import Problems

GENRES = (
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama", "Fantasy",
    "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
)  # fmt: skip
_OCCUPATIONS = (
    "other", "academic/educator", "artist", "clerical/admin", "college/grad student", "customer service",
    "doctor/health care", "executive/managerial", "farmer", "homemaker", "K-12 student", "lawyer", "programmer",
    "retired", "sales/marketing", "scientist", "self-employed", "technician/engineer", "tradesman/craftsman",
    "unemployed", "writer",
)  # fmt: skip


def detects(source: Source) -> bool:
    """Tell whether the folder holds one of the two."""
    return source.find("u.data") is not None or source.find("ratings.dat") is not None


def read(source: Source, problems: Problems, *, encoding: str = "latin-1") -> RawDataset:
    """Read MovieLens 100K or 1M, whichever the folder holds. Postal codes are not kept."""
    hundred = source.find("u.data") is not None
    tables = _read_100k(source, problems, encoding) if hundred else _read_1m(source, problems, encoding)
    return RawDataset(
        tables={table: raw for table, raw in tables.items() if raw is not None},
        source=f"MovieLens {'100K' if hundred else '1M'}, {source.label}",
        notes=("columns not used: zip code" + (", video release date, IMDb address" if hundred else ""),),
    )


def _read_100k(source: Source, problems: Problems, encoding: str) -> Mapping[str, RawTable | None]:
    genres = _genre_names(source, problems, encoding)
    film_columns = ("item_id", "title", "released", "video_released", "address", *genres)
    ratings = _read(
        source, "u.data", "interactions", problems, encoding=encoding, separator="\t", columns=_RATING_COLUMNS
    )
    films = _read(source, "u.item", "items", problems, encoding=encoding, separator="|", columns=film_columns)
    users = _read(
        source,
        "u.user",
        "users",
        problems,
        encoding=encoding,
        separator="|",
        columns=("user_id", "age", "gender", "occupation", "zip"),
    )
    return {
        "interactions": ratings,
        "items": films and _films(_with_genres(films, genres, problems)),
        "users": users and with_gender(with_age_band(_without(users, "zip"), problems)),
    }


def _read_1m(source: Source, problems: Problems, encoding: str) -> Mapping[str, RawTable | None]:
    ratings = _read(
        source, "ratings.dat", "interactions", problems, encoding=encoding, separator="::", columns=_RATING_COLUMNS
    )
    films = _read(
        source,
        "movies.dat",
        "items",
        problems,
        encoding=encoding,
        separator="::",
        columns=("item_id", "title", "categories"),
    )
    user_columns = ("user_id", "gender", "age", "occupation", "zip")
    users = _read(source, "users.dat", "users", problems, encoding=encoding, separator="::", columns=user_columns)
    return {
        "interactions": ratings,
        "items": films and _films(films),
        "users": users and with_gender(with_age_band(_with_occupation(_without(users, "zip"), problems), problems)),
    }


_RATING_COLUMNS = ("user_id", "item_id", "rating", "timestamp")


def _read(
    source: Source,
    name: str,
    table: str,
    problems: Problems,
    *,
    encoding: str,
    separator: str,
    columns: tuple[str, ...],
) -> RawTable | None:
    path = source.find(name)
    if path is None:
        problems.add_file(table, name, "this file of MovieLens in the folder", "none")
        return None
    delimiter, long = (separator, None) if len(separator) == 1 else (None, separator)
    return read_delimited(
        path, table, problems, delimiter=delimiter, separator=long, columns=columns, quotes=False, encoding=encoding
    )


def _genre_names(source: Source, problems: Problems, encoding: str) -> tuple[str, ...]:
    """Return the genres in the order of their columns: u.genre says it, and the README does where that is missing."""
    path: Path | None = source.find("u.genre")
    if path is None:
        return GENRES
    raw = read_delimited(
        path, "items", problems, delimiter="|", columns=("genre", "index"), quotes=False, encoding=encoding
    )
    names = () if raw is None else tuple(name for name in raw.rows["genre"].to_pylist() if name)
    if len(set(names)) != len(GENRES) or set(names) & {"item_id", "title", "released", "video_released", "address"}:
        problems.add_file("items", path.name, f"{len(GENRES)} names of genres", f"{len(set(names))}")
        return GENRES
    return names


def _with_genres(films: RawTable, genres: tuple[str, ...], problems: Problems) -> RawTable:
    """Turn the 19 columns of 0 and 1 into one of names; "unknown" is no genre."""
    check = RowCheck(films, problems)
    named = []
    for genre in genres:
        flag = check.column(genre)
        wrong = pc.invert(pc.is_in(flag, pa.array(["0", "1"], TEXT))).to_numpy(zero_copy_only=False)
        check.refuse(wrong, genre, "0 or 1")
        if genre != "unknown":
            named.append(pc.if_else(pc.equal(flag, "1"), pa.scalar(genre, TEXT), pa.scalar("", TEXT)))
    joined = pc.binary_join_element_wise(*named, pa.scalar("|", TEXT))  # empty parts drop out when the list is read
    check.raw = films.with_column("categories", joined)
    kept = check.kept()
    return kept.renamed({"item_id": "item_id", "title": "title", "categories": "categories"})


def _with_occupation(users: RawTable, problems: Problems) -> RawTable:
    """Turn the codes 0 to 20 into their names."""
    check = RowCheck(users, problems)
    codes = pa.array([str(code) for code in range(len(_OCCUPATIONS))], TEXT)
    index = pc.index_in(check.column("occupation"), codes)
    check.refuse(index.is_null().to_numpy(zero_copy_only=False), "occupation", "a code from 0 to 20")
    check.raw = users.with_column("occupation", pa.array(_OCCUPATIONS, TEXT).take(index))
    return check.kept()


def _films(raw: RawTable) -> RawTable:
    return with_film_titles(raw.with_column("domain", pa.repeat(pa.scalar("films", TEXT), raw.rows.num_rows)))


def _without(raw: RawTable, column: str) -> RawTable:
    return raw.renamed({name: name for name in raw.rows.column_names if name != column})
