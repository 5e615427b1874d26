"""A price list that the user gives: a TOML file with a price per 1,000,000 tokens for each model.

currency = "EUR"
source = "price page of the provider, 1 November 2026"

[[model]]
name = "openai:gpt-4o-mini*"   # as it stands in the log; * stands for anything
input = 0.15
output = 0.60
"""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from audits.errors import AuditError


class ModelPrice(BaseModel):
    """Prices of one model, or of all whose name fits a pattern, per 1,000,000 tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    input: float = Field(ge=0)
    output: float = Field(ge=0)


class PriceList(BaseModel):
    """Prices in one currency, with where they come from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    currency: str = Field(min_length=1)
    source: str = Field(min_length=1)
    model: tuple[ModelPrice, ...] = Field(min_length=1)

    def of(self, name: str) -> ModelPrice | None:
        """Return the price of a model: the first entry whose name or pattern fits; None where none does."""
        return next((price for price in self.model if fnmatchcase(name, price.name)), None)


def read_prices(path: str) -> PriceList:
    """Read a price list.

    Raises:
        AuditError: there is no such file, it is no TOML, or it has another form.
    """
    try:
        return PriceList.model_validate(tomllib.loads(Path(path).read_text(encoding="utf-8")))
    except OSError as error:
        raise AuditError(f"The price list {path} cannot be read: {error.strerror or error}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AuditError(f"The price list {path} is no TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise AuditError(
            f"The price list {path} does not have the expected form: {where}: {first['msg']}. Expected currency, "
            "source, and [[model]] entries of name, input and output (per 1,000,000 tokens)."
        ) from error
