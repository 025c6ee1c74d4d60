"""XML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from xml.etree import ElementTree

from wildgym.envs.files.formats.core import Content, same_text


class Node(NamedTuple):
    """An element.

    Attributes:
        tag: Its name.
        attributes: Its attributes.
        text: What stands in it; a number may be written in any way that means it.
        children: The elements in it, in order.
    """

    tag: str
    attributes: Mapping[str, str] = {}
    text: str | int | float = ""
    children: Sequence["Node"] = ()


@dataclass(frozen=True)
class Xml(Content):
    """An XML document; blanks around text do not matter.

    Args:
        root: Its root.
    """

    root: Node

    def right(self, data: bytes) -> bool:
        """Parse without a document type, and so without entities, and compare."""
        text = data.decode()
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            return False
        return _same(self.root, ElementTree.fromstring(text))


def _same(expected: Node, given: ElementTree.Element) -> bool:
    return (
        expected.tag == given.tag
        and dict(expected.attributes) == given.attrib
        and same_text(expected.text, (given.text or "").strip())
        and len(expected.children) == len(given)
        and not any((child.tail or "").strip() for child in given)
        and all(map(_same, expected.children, given))
    )
