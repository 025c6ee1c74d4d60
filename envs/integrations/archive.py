"""Trees as tar archives, for harnesses that carry folders from one container to another."""

import io
import stat
import tarfile

from wildgym.tools.sandboxes import Limits, Tree
from wildgym.tools.sandboxes.tree import FOLDER, File

_DATED = 1_924_992_000  # 2031-01-01, as in every sandbox


def packed(tree: Tree) -> bytes:
    """Return a tree as a tar archive; equal trees give equal bytes."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path in sorted(tree):
            file, member = tree[path], tarfile.TarInfo(path)
            member.mode, member.mtime = stat.S_IMODE(file.mode), _DATED
            if file.regular:
                member.size = len(file.data)
            elif stat.S_ISLNK(file.mode):
                member.type = tarfile.SYMTYPE
                member.linkname = file.data.decode("utf-8", "surrogateescape")
            else:
                member.type = tarfile.DIRTYPE
            tar.addfile(member, io.BytesIO(file.data) if file.regular else None)
    return archive.getvalue()


def unpacked(archive: bytes) -> Tree:
    """Return the tree of a tar archive that nobody trusts: as data, and nothing where it is none.

    What is no file, link or folder is left out, and so is all of what is too large.
    """
    tree: dict[str, File] = {}
    room = Limits().disk
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            for member in tar:
                path = member.name.removeprefix("./")
                room -= member.size
                if room < 0:
                    return {}
                if member.isfile() or member.islnk():
                    content = tar.extractfile(member)
                    tree[path] = File(
                        content.read() if content else b"", _mode(stat.S_IFREG, member)
                    )
                elif member.issym():
                    target = member.linkname.encode("utf-8", "surrogateescape")
                    tree[path] = File(target, stat.S_IFLNK | 0o777)
                elif member.isdir() and path != ".":
                    tree[path] = File(b"", _mode(stat.S_IFDIR, member))
    except (tarfile.TarError, KeyError, EOFError):
        return {}
    # A folder is listed only where it is empty, or has other permissions than usual.
    full = {path.rpartition("/")[0] for path in tree}
    return {p: f for p, f in tree.items() if f.mode != FOLDER or p not in full}


def _mode(kind: int, member: tarfile.TarInfo) -> int:
    return kind | stat.S_IMODE(member.mode) & 0o777
