"""The columns of every format, and what pyarrow and `datasets` call them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

Shape = str | list[Any] | Mapping[str, Any]
"""A name of `_ARROW`, a list with the shape of its items, or shapes by name.

What is "json" has other keys in every row: in Parquet it is text, and `datasets` reads it.
"""

METADATA: Mapping[str, Shape] = {
    "id": "string",
    "family": "string",
    "task": "string",
    "seed": "int64",
    "arm": "string",
    "suite": "string",
    "suite_digest": "string",
    "split": "string",
    "policy": "string",
    "interface": "string",
    "scaffold": "string",
    "operators": ["string"],
    "acted": ["string"],
    "reward": "float64",
    "status": "string",
    "turns": "int64",
    "variation": "string",
    "version": "string",
}
_MESSAGES: Shape = ["json"]

COLUMNS: Mapping[str, Mapping[str, Shape]] = {
    "chat": {"messages": _MESSAGES, "tools": ["json"], "metadata": METADATA},
    "text": {"segments": [{"text": "string", "trained": "bool"}], "metadata": METADATA},
    "preferences": {
        "prompt": _MESSAGES,
        "chosen": _MESSAGES,
        "rejected": _MESSAGES,
        "tools": ["json"],
        "metadata": METADATA,
        "rejected_metadata": METADATA,
    },
    "atif": {
        "schema_version": "string",
        "session_id": "string",
        "trajectory_id": "string",
        "agent": "json",
        "steps": ["json"],
        "final_metrics": "json",
        "extra": METADATA,
    },
}
"""For each format, the shape of its rows."""


def schema(columns: Mapping[str, Shape]) -> "pa.Schema":
    """Return columns as pyarrow has them."""
    import pyarrow as pa

    return pa.schema([pa.field(name, _arrow(shape)) for name, shape in columns.items()])


def features(columns: Mapping[str, Shape]) -> list[dict[str, Any]]:
    """Return columns as the head of a dataset's card has them."""
    return [{"name": name, **_feature(shape)} for name, shape in columns.items()]


def _arrow(shape: Shape) -> "pa.DataType":
    import pyarrow as pa

    if isinstance(shape, str):
        return pa.type_for_alias("string" if shape == "json" else shape)
    if isinstance(shape, list):
        return pa.list_(_arrow(shape[0]))
    return pa.struct([pa.field(name, _arrow(inner)) for name, inner in shape.items()])


def _feature(shape: Shape) -> dict[str, Any]:
    if isinstance(shape, str):
        return {"dtype": shape}
    if isinstance(shape, list):
        [inner] = shape
        return {"list": inner if isinstance(inner, str) else features(inner)}
    return {"struct": features(shape)}
