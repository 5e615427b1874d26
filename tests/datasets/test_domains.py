"""One domain of a dataset as a dataset."""

from __future__ import annotations

import pytest

from engine.datasets.domains import domains_of, restrict_to_domain
from engine.errors import DatasetError

GRAPH = {
    "triples": "head,relation,tail\nb,written_by,p\nf,directed_by,q\nf,based_on,b\np,born_in,town\n",
    "entities": (
        "entity_id,label,kind,item_id\nb,The Hobbit,item,i1\nf,Rocky,item,i2\np,Tolkien,person,\nq,Avildsen,person,\n"
        "town,Bloemfontein,place,\n"
    ),
}


def test_keeps_what_is_about_the_domain(import_files):
    dataset = import_files(**GRAPH).dataset
    assert domains_of(dataset) == ("books", "films", "goods")
    films = restrict_to_domain(dataset, "films")
    assert films.item_ids == ("i2",)
    assert list(films.interactions["user_id"]) == ["u1", "u2"]
    assert list(films.interactions["position"]) == [0, 0]
    assert list(films.users["user_id"]) == ["u1", "u2"]  # u3 met no film
    assert set(films.triples["relation"]) == {"directed_by", "born_in"}  # based_on leads to a book
    assert set(films.entities["entity_id"]) == {"f", "q", "p", "town"}
    assert films.name == "small:films"
    assert films.fingerprint != dataset.fingerprint
    assert films.fingerprint == restrict_to_domain(dataset, "films").fingerprint
    assert len(dataset.interactions) == 5  # the whole is left as it was


def test_domains_add_up(import_files):
    dataset = import_files(**GRAPH).dataset
    parts = [restrict_to_domain(dataset, domain) for domain in domains_of(dataset)]
    assert sum(len(part.interactions) for part in parts) == len(dataset.interactions)
    assert sorted(item_id for part in parts for item_id in part.item_ids) == sorted(dataset.item_ids)


def test_an_unknown_domain_lists_the_known(import_files):
    with pytest.raises(DatasetError, match=r"no item of the domain 'music'; it has: books, films, goods"):
        restrict_to_domain(import_files().dataset, "music")
