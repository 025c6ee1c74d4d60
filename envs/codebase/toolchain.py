"""The tools of every codebase: pytest and what it needs, from pinned wheels."""

import io
import zipfile
from functools import cache

from wildgym.envs.codebase.fetch import fetched
from wildgym.tools.sandboxes.tree import File, Tree

_WHEELS = (
    ("pytest", "8.3.5", "c69214aa47deac29fad6c2a4f590b9c4a9fdb16a403176fe154b79c0b4d4d820"),
    ("pluggy", "1.5.0", "44e1ad92c8ca002de6377e165f3e0f1be63266ab4d554740532335b9d75ea669"),
    ("iniconfig", "2.1.0", "9deba5723312380e77435581c6bf4935c94cbfab9b1ed33ef8d238ea168eb760"),
    ("packaging", "24.2", "09abb1bccd265c01f4a3aa3f7a7db064b36514d2cba19a2f694fe6150451a759"),
)


@cache
def toolchain() -> Tree:
    """Return the files of pytest and what it needs, to be put on the path of every Python.

    Raises:
        FetchError: A wheel is not in the cache and cannot be had.
    """
    tree: dict[str, File] = {}
    for wheel in _WHEELS:
        with zipfile.ZipFile(io.BytesIO(fetched(*wheel))) as archive:
            for name in archive.namelist():
                if not name.endswith(("/", "/RECORD")):
                    tree[name] = File(archive.read(name))
    return tree
