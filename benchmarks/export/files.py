"""A data set on disk, written row by row: JSON Lines or Parquet, and what describes it."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from wildgym.benchmarks.errors import Halted, Misuse, lacking
from wildgym.benchmarks.export.formats import Row
from wildgym.benchmarks.export.shapes import Shape, features, schema

Keep = Callable[[Row], None]
ROW_GROUP = 256
"""Rows: what is held in memory before it is written to Parquet."""


@contextmanager
def writing(folder: Path, columns: Mapping[str, Shape], parquet: bool) -> Iterator[Keep]:
    """Open a data set for writing; its file has its name once all is written.

    Args:
        folder: Where to; it must hold no data set.
        columns: The shape of a row.
        parquet: Whether to write Parquet instead of JSON Lines.

    Raises:
        Misuse: The folder cannot be used, or pyarrow is not installed.
        Halted: There is no room.
    """
    path = folder / ("data.parquet" if parquet else "data.jsonl")
    found = sorted(folder.glob("data.*"))
    if found:
        raise Misuse(f"{found[0]} is there already; name another folder")
    draft = path.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (_parquet if parquet else _lines)(draft, columns) as keep:
            yield keep
        draft.replace(path)
    except OSError as error:
        raise Halted(f"cannot write {path}: {error.strerror or error}") from None
    finally:
        if draft.exists():
            draft.unlink()


def describe(folder: Path, columns: Mapping[str, Shape], split: str, sheet: str) -> None:
    """Write the card, by which `datasets` loads the folder, and the datasheet.

    Args:
        folder: Where the data is.
        columns: The shape of a row.
        split: The name that the data goes by.
        sheet: The text of the datasheet.
    """
    [data] = folder.glob("data.*")
    head = {
        "license": "apache-2.0",
        "configs": [
            {"config_name": "default", "data_files": [{"split": split, "path": data.name}]}
        ],
        "dataset_info": {"features": features(columns)},
    }
    card = f"---\n{yaml.safe_dump(head, sort_keys=False)}---\n\n{_CARD}"
    (folder / "README.md").write_text(card, encoding="utf-8")
    (folder / "DATASHEET.md").write_text(sheet, encoding="utf-8")


_CARD = """# Trajectories of tool-using agents

Written by `wildgym export`. DATASHEET.md says what is inside, and where it is from.
"""


@contextmanager
def _lines(path: Path, columns: Mapping[str, Shape]) -> Iterator[Keep]:
    with path.open("w", encoding="utf-8") as file:
        yield lambda row: print(json.dumps(row), file=file)


@contextmanager
def _parquet(path: Path, columns: Mapping[str, Shape]) -> Iterator[Keep]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise lacking("pyarrow", "data") from None
    shape = schema(columns)
    rows: list[Row] = []

    with pq.ParquetWriter(path, shape, compression="zstd") as writer:

        def flush() -> None:
            if rows:
                writer.write_table(pa.Table.from_pylist(rows, schema=shape))
                rows.clear()

        def keep(row: Row) -> None:
            rows.append(_stored(row, columns))
            if len(rows) == ROW_GROUP:
                flush()

        yield keep
        flush()


def _stored(value: Any, shape: Shape) -> Any:
    """Return a value with what has no fixed shape as JSON text."""
    if shape == "json":
        return json.dumps(value)
    if isinstance(shape, list):
        return [_stored(item, shape[0]) for item in value]
    if isinstance(shape, Mapping):
        return {name: _stored(value[name], inner) for name, inner in shape.items()}
    return value
