"""The codebases: real packages with their own tests, pinned. One is added with a few lines."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Split = Literal["train", "test"]


@dataclass(frozen=True, slots=True)
class Codebase:
    """A package that has tests, and which files of it matter.

    Attributes:
        name: As the package index has it.
        version: One release, and no other.
        sha256: Of that release's sdist; empty for a local checkout.
        licence: Its SPDX identifier.
        field: What it is about.
        packages: Folders and files that hold its code.
        tests: Folders and files that hold its tests.
        split: Whether agents learn from it or are measured by it.
        without: Test files that are left out: they need other packages.
        deselected: Tests that are left out: slow ones, and those that depend on the host.
        path: A local checkout to take it from, instead of an index.
    """

    name: str
    version: str
    sha256: str
    licence: str
    field: str
    packages: tuple[str, ...]
    tests: tuple[str, ...] = ("tests",)
    split: Split = "train"
    without: tuple[str, ...] = ()
    deselected: tuple[str, ...] = ()
    path: str = ""

    @property
    def release(self) -> str:
        """Its name and version, as part of a file's name."""
        return re.sub(r"[^\w.+-]+", "-", f"{self.name}-{self.version}")


_TRAIN = (
    Codebase(
        "cachetools",
        "8.0.2",
        "30ac523adfc118b51d2b2e7bad8a0ddb31370dfe2700c7f10ca224f36ccf81e0",
        "MIT",
        "caches and their eviction policies",
        ("src/cachetools",),
    ),
    Codebase(
        "geographiclib",
        "2.1",
        "6a6545e6262d0ed3522e13c515713718797e37ed8c672c31ad7b249f372ef108",
        "MIT",
        "geodesics on an ellipsoid",
        ("geographiclib",),
        ("geographiclib/test",),
    ),
    Codebase(
        "jsonpointer",
        "3.12",
        "7a3dcc11b64053eaa9c549e85e413f8d40a075215f793a331bed9182a14251ae",
        "BSD-3-Clause",
        "addresses within JSON documents",
        ("jsonpointer.py", "bin"),
        ("tests.py",),
        deselected=("tests.py::DocExampleTests",),
    ),
    Codebase(
        "pydash",
        "5.1.2",
        "0556062f6583c21fa70dd9a2c1a4e63bbe8cd54e14fecdfb579b46c36d93836f",
        "MIT",
        "functions over collections, objects and strings",
        ("src/pydash",),
    ),
    Codebase(
        "simpleeval",
        "1.0.8",
        "b417f869c11f2de034eb919820a825f35d12ce99f63a43971947ce73679eb9ba",
        "MIT",
        "a safe evaluator of expressions",
        ("simpleeval.py",),
        deselected=(
            "tests/test_disallowed_functions.py::TestDisallowedFunctions"
            "::test_functions_in_disallowed_functions_list",
        ),
    ),
    Codebase(
        "sqlparse",
        "0.6.1",
        "ca722573f848ff2d30e40ea30f53a104b7dea7635ea9285891263eb2c58fb6e7",
        "BSD-3-Clause",
        "splitting and formatting SQL",
        ("sqlparse",),
    ),
    Codebase(
        "toolz",
        "1.2.0",
        "9667a038e9d6ecba37995e26cb2f59ec6420b6ad8dd9677de59db9b956b08490",
        "BSD-3-Clause",
        "functional programming with iterables and dictionaries",
        ("toolz", "tlz"),
        ("toolz/tests", "toolz/sandbox/tests"),
        deselected=("toolz/tests/test_package.py::test_has_version",),
    ),
    Codebase(
        "unidiff",
        "1.0.1",
        "d9425bc516390c54743a1045b2c1c97f02d245a913a241dd499f958adb2df998",
        "MIT",
        "parsing unified diffs",
        ("unidiff",),
    ),
    Codebase(
        "validators",
        "0.36.0",
        "92ad9ed00bbed320b784cec0ea90b213cf08904cf605b3d0852cfa4108e32a2c",
        "MIT",
        "checking addresses, numbers and codes",
        ("src/validators",),
        without=("tests/crypto_addresses/test_eth_address.py",),
    ),
)

_TEST = (
    Codebase(
        "funcy",
        "2.1",
        "8979feb3de7120afd1d00e5a8eae810c1942e4bfbc91697151e9ee1e49f79284",
        "BSD-3-Clause",
        "functional helpers, decorators and flow control",
        ("funcy",),
        split="test",
        without=(
            "tests/test_colls.py",
            "tests/test_funcolls.py",
            "tests/test_funcs.py",
            "tests/test_seqs.py",
            "tests/test_tree.py",
        ),
    ),
    Codebase(
        "humanize",
        "4.17.0",
        "1d6a36c453dbfbb3f0b34601d2e0b4ce5d48d780305cd45714843f0068fde6ac",
        "MIT",
        "numbers, sizes and times as people say them",
        ("src/humanize",),
        split="test",
        without=("tests/test_benchmarks.py", "tests/test_i18n.py", "tests/test_time.py"),
    ),
    Codebase(
        "inflection",
        "0.5.1",
        "1a29730d366e996aaacffb2f1f1cb9593dc38e2ddd30c91250c6dde09ea9b417",
        "MIT",
        "English plurals and the spelling of names",
        ("inflection",),
        ("test_inflection.py",),
        split="test",
    ),
    Codebase(
        "parse",
        "1.22.4",
        "706d458feed5a81b02768d3156e8070baf6cee7d150a3a3c0cd43101a875c3b5",
        "MIT",
        "the inverse of format()",
        ("parse",),
        split="test",
    ),
    Codebase(
        "semver",
        "3.1.2",
        "bea193552413194252d33ff26ce0962b76669bd1c6fb17e8e203ac37f072feaf",
        "BSD-3-Clause",
        "semantic versions",
        ("src/semver",),
        split="test",
    ),
    Codebase(
        "tabulate",
        "0.10.0",
        "e2cfde8f79420f6deeffdeda9aaec3b6bc5abce947655d17ac662b126e48a60d",
        "MIT",
        "tables as text",
        ("tabulate",),
        ("test",),
        split="test",
    ),
    Codebase(
        "voluptuous",
        "0.16.0",
        "006535e22fed944aec17bef6e8725472476194743c87bd233e912eb463f8ff05",
        "BSD-3-Clause",
        "validation of data by schemas",
        ("voluptuous",),
        ("voluptuous/tests",),
        split="test",
    ),
    Codebase(
        "webcolors",
        "25.10.0",
        "62abae86504f66d0f6364c2a8520de4a0c47b80c03fc3a5f1815fedbef7c19bf",
        "BSD-3-Clause",
        "names and notations of colours",
        ("src/webcolors",),
        split="test",
    ),
)

CODEBASES: Mapping[str, Codebase] = {codebase.name: codebase for codebase in (*_TRAIN, *_TEST)}
"""By name."""
