"""Archives: compared by their members, read in memory."""

import gzip
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wildgym.envs.files.formats.core import Content

_MOST_UNPACKED = 4 << 20
_MOST_MEMBERS = 1000
_BLOCK = 512


@dataclass(frozen=True)
class Zip(Content):
    """A ZIP archive; folders in it do not matter.

    Args:
        members: The content of each file, by path.
    """

    members: Mapping[str, bytes]

    def right(self, data: bytes) -> bool:
        """Compare all files."""
        return _collected(_zipped(data)) == self.members


@dataclass(frozen=True)
class Tar(Content):
    """A tar archive compressed by gzip; folders in it do not matter.

    Args:
        members: The content of each file, by path.
    """

    members: Mapping[str, bytes]

    def right(self, data: bytes) -> bool:
        """Compare all files."""
        with gzip.open(io.BytesIO(data)) as stream:
            unpacked = stream.read(_MOST_UNPACKED + 1)
        if len(unpacked) > _MOST_UNPACKED:
            return False
        return _collected(_tarred(unpacked)) == self.members


def _collected(members: Iterator[tuple[str, bytes]]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name, content in members:
        path = name.removeprefix("./")
        if path in found or len(found) == _MOST_MEMBERS:
            raise ValueError("a member twice, or too many")
        found[path] = content
    return found


def _zipped(data: bytes) -> Iterator[tuple[str, bytes]]:
    left = _MOST_UNPACKED
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ValueError("a compression that may take any amount of memory")
            with archive.open(info) as member:
                content = member.read(left + 1)
            left -= len(content)
            if left < 0:
                raise ValueError("too large")
            yield info.filename, content


def _tarred(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the files. Python's own reader has had regular expressions that ran for ever."""
    at = 0
    while any(header := data[at : at + _BLOCK]):
        size = int(_text(header[124:136]), 8)
        if size < 0:
            raise ValueError("a way back, which may have no end")
        kind = header[156:157]
        content = data[at + _BLOCK : at + _BLOCK + size]
        at += _BLOCK + -(-size // _BLOCK) * _BLOCK
        if kind in (b"0", b"\0"):
            prefix = _text(header[345:500]) if header[257:263] == b"ustar\0" else ""
            yield f"{prefix}/{_text(header[:100])}" if prefix else _text(header[:100]), content
        elif kind not in (b"5", b"x", b"g"):
            raise ValueError("a member that is no file or folder")


def _text(field: bytes) -> str:
    return field.split(b"\0")[0].decode().strip()
