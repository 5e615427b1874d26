"""Arrow's compute functions as Any: they come into being when pyarrow is imported, so no type checker knows them."""

from __future__ import annotations

from typing import Any

import pyarrow.compute

compute: Any = pyarrow.compute
