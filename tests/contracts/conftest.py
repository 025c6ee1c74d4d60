"""What contracts share: the example that the docs have of an adapter."""

import re
from pathlib import Path

import pytest


@pytest.fixture
def example(request, tmp_path, monkeypatch):
    """Return the example of this contract's adapter, and go to a folder where it may write."""
    name = request.module.__name__.rpartition("test_")[2]
    page = (Path(__file__).parents[2] / "docs" / "integrations" / f"{name}.md").read_text()
    monkeypatch.chdir(tmp_path)
    return re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0]
