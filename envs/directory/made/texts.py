"""Kinds of tasks about any text."""

import re
from collections.abc import Iterator

from wildgym.envs.directory.goal import FolderGoal
from wildgym.envs.directory.made.case import Case, askable, texts_in
from wildgym.envs.files.formats import Exact
from wildgym.envs.files.solving import python, shell
from wildgym.envs.request import ask
from wildgym.envs.scenario import Solution
from wildgym.tools import Rng
from wildgym.tools.editor import replace_text
from wildgym.tools.find import search_text
from wildgym.tools.sandboxes.tree import File, Tree

_EACH = 8
_SHORTEST, _LONGEST = 14, 70
_WORD = re.compile(r"\b[a-z]{5,12}\b")


def find_file(tree: Tree, rng: Rng) -> Iterator[Case]:
    """Find the one file in which a line stands."""
    contents = [file.data for file in tree.values() if file.regular]
    for path, text in rng.shuffled(list(texts_in(tree))):
        fitting = {line.strip() for line in text.split("\n")}
        lines = sorted(ln for ln in fitting if _SHORTEST <= len(ln) <= _LONGEST and _is_plain(ln))
        for line in rng.sample(lines, min(_EACH, len(lines))):
            request = ask(
                "In which file of the folder does this text stand: {text}",
                "Give its path.",
                text=line,
            )
            known = sum(line.encode() in data for data in contents)
            if known == 1 and path.casefold() not in line.casefold():
                yield Case(request, FolderGoal(answer=path), _find)


def _find(text: str) -> Solution:
    found = yield search_text(text=text)
    return found[0]["path"]


def count_lines(tree: Tree, rng: Rng) -> Iterator[Case]:
    """Count the lines of a file in which a word stands."""
    for path, text in rng.shuffled(list(texts_in(tree))):
        lines = text.split("\n")
        words = sorted(set(_WORD.findall(text)))
        for word in rng.sample(words, min(_EACH, len(words))):
            request = ask(
                "In how many lines of {path} does '{word}' occur, be it alone or within a longer"
                " word?",
                "Upper and lower case count as different.",
                path=path,
                word=word,
            )
            count = sum(word in line for line in lines)
            if count > 3 and askable(count, request):
                yield Case(request, FolderGoal(answer=count), _count)


def _count(path: str, word: str) -> Solution:
    code = """
    import json
    print(json.dumps(sum(word in line for line in open(path, encoding="utf-8", newline="\\n"))))
    """
    return (yield from python(code, path=path, word=word))


def put_word_right(tree: Tree, rng: Rng) -> Iterator[Case]:
    """Undo a change of one word."""
    for path, text in rng.shuffled(list(texts_in(tree))):
        places = list(_WORD.finditer(text))
        for place in rng.sample(places, min(_EACH, len(places))):
            right, wrong = place[0], "".join(rng.shuffled(place[0]))
            if wrong in text or right == wrong:
                continue
            spoilt = text[: place.start()] + wrong + text[place.end() :]
            if spoilt.count(wrong) != 1:
                continue
            file = tree[path]
            request = ask(
                "In {path} it says '{wrong}' in one place, where '{right}' is meant.",
                "Put that right.",
                path=path,
                wrong=wrong,
                right=right,
            )
            yield Case(
                request,
                FolderGoal({path: Exact(file.data)}),
                _put_right,
                {path: File(spoilt.encode(), file.mode)},
            )


def _put_right(path: str, wrong: str, right: str) -> Solution:
    yield replace_text(path=path, old=wrong, new=right)
    return None


def move_back(tree: Tree, rng: Rng) -> Iterator[Case]:
    """Undo a move of a file."""
    folders = sorted({"unsorted", *(path.rpartition("/")[0] for path in tree)} - {"", *tree})
    for path, _ in rng.shuffled(list(texts_in(tree))):
        folder, _, name = path.rpartition("/")
        places = [f"{other}/{name}" for other in folders if other != folder]
        free = [place for place in places if place not in tree]
        if not free:
            continue
        source = rng.pick(free)
        request = ask(
            "{source} was moved there by mistake: please move the file back to {path}.",
            source=source,
            path=path,
        )
        goal = FolderGoal({path: Exact(tree[path].data)}, frozenset({source}))
        yield Case(request, goal, _move, {source: tree[path]})


def _move(source: str, path: str) -> Solution:
    command = 'mkdir -p -- "$(dirname -- "$path")" && mv -- "$source" "$path"'
    yield from shell(command, source=source, path=path)
    return None


def _is_plain(line: str) -> bool:
    return line.isprintable() and sum(map(str.isalnum, line)) * 2 > len(line)
