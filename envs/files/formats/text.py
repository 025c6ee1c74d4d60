"""Plain text, and files that are kept to the byte."""

from dataclasses import dataclass

from wildgym.envs.files.formats.core import Content


@dataclass(frozen=True)
class Exact(Content):
    """These bytes.

    Args:
        data: The bytes.
    """

    data: bytes

    def holds(self, data: bytes) -> bool:
        """Compare all bytes."""
        return data == self.data

    def right(self, data: bytes) -> bool:
        """Compare all bytes."""
        return data == self.data


@dataclass(frozen=True)
class Text(Content):
    """These lines; blanks at the ends of lines, and how the last line ends, do not matter.

    Args:
        lines: The lines.
    """

    lines: tuple[str, ...]

    def right(self, data: bytes) -> bool:
        """Compare line by line."""
        given = [line.rstrip() for line in data.decode().rstrip().split("\n")]
        return given == [line.rstrip() for line in self.lines]
