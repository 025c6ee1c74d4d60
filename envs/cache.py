"""Where is kept what takes time to fetch or to build, across processes."""

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """Return where such files are kept: WILDGYM_CACHE, or the user's cache."""
    if chosen := os.environ.get("WILDGYM_CACHE"):
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "wildgym"
