"""The files of the working folder, read and written back."""

import os
import stat

Files = dict[str, tuple[bytes, int]]
ROOT = os.path.expanduser("~")


def read_folder() -> Files:
    """Return content and mode of each regular file by path; what is hidden is left out."""
    found: Files = {}
    for folder, inner, names in os.walk(ROOT):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for place in [os.path.join(folder, name) for name in sorted(names) if name[0] != "."]:
            mode = os.lstat(place).st_mode
            if stat.S_ISREG(mode):
                with open(place, "rb") as file:
                    found[os.path.relpath(place, ROOT)] = (file.read(), mode)
    return found


def write_folder(before: Files, after: Files) -> None:
    """Make the files what they are to be, and remove folders that are empty now."""
    for path in before:
        if path not in after:
            place = os.path.join(ROOT, path)
            os.remove(place)
            while (place := os.path.dirname(place)) != ROOT and not os.listdir(place):
                os.rmdir(place)
    for path, (data, mode) in after.items():
        if before.get(path) != (data, mode):
            place = os.path.join(ROOT, path)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "wb") as file:
                file.write(data)
                # By its descriptor: some sandboxes forbid to change modes by path.
                os.fchmod(file.fileno(), stat.S_IMODE(mode))
