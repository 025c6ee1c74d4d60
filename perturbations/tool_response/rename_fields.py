"""Records whose fields have other names."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.recoded import Told, recoded
from wildgym.perturbations.records import records_mapped
from wildgym.tools import Json

Style = Literal["synonym", "abbreviation", "camel", "pascal", "upper"]

_SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z][a-z0-9]*)*")
_CAMEL = re.compile(r"[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)*")
_PASCAL = re.compile(r"(?:[A-Z][a-z0-9]*)+")

_SYNONYMS = (
    "id ref, name designation, email mail, city town, tier level, price charge, stock inventory,"
    " quantity count, total sum, status state, ordered purchased, delivered arrived, balance"
    " funds, kind type, amount figure, category class, booked posted, disputed contested, note"
    " remark, phone telephone, subject topic, body content, folder directory, unread unseen,"
    " labels marks, title heading, date when, start begin, minutes duration, attendees"
    " participants, room venue, seats capacity, company firm, contact person, stage phase, value"
    " worth, discount reduction, opened created, expected anticipated, closed ended, industry"
    " sector, employees headcount, role position, manager head, warehouse depot, supplier vendor,"
    " item article, due deadline, placed issued, sent dispatched, team squad, agent handler,"
    " ticket case, requester applicant, priority urgency, solved resolved, author writer, text"
    " wording, written noted, trip journey, traveller passenger, destination goal, purpose reason,"
    " starts begins, ends finishes, budget allowance, departs leaves, fare tariff, offer option,"
    " spent paid, tags keywords, blocked locked, active enabled, limit ceiling, path file, bytes"
    " size, line row, output printed, exit return, iban bankline, reorder replenish, product goods"
)
_ABBREVIATIONS = (
    "customer cust, product prod, quantity qty, total tot, status sts, ordered ord, price prc,"
    " delivered dlv, stock stk, name nm, email eml, city cty, balance bal, amount amt, account"
    " acct, category cat, booked bkd, note nt, phone ph, subject subj, body bdy, sender sndr, kind"
    " knd, folder fldr, unread unrd, labels lbls, title ttl, date dt, start st, minutes mins, room"
    " rm, attendees att, seats sea, company cmp, contact ctc, stage stg, value val, discount dsc,"
    " opened opn, expected exp, closed cls, industry ind, employees empl, role rl, manager mgr,"
    " warehouse whs, supplier supp, item itm, placed plcd, due du, sent snt, team tm, agent agt,"
    " ticket tkt, requester reqr, assignee asgn, priority prio, solved slvd, author auth, text"
    " txt, written wrt, traveller trav, trip trp, destination dest, purpose purp, starts strt,"
    " ends fin, budget bdg, departs dep, fare fr, offer ofr, spent spt, tags tgs, blocked blk,"
    " active actv, limit lim, path pth, bytes byt, line ln, output outp, exit ex, iban ib, reorder"
    " reord"
)
_OF_COMMANDS = ("path", "bytes", "line", "text", "exit", "output")


def _both_ways(pairs: str) -> Mapping[str, str]:
    """Read pairs of words as a swap, which is its own inverse, whatever keys there are."""
    words = [pair.split() for pair in pairs.split(",")]
    return {**dict(words), **{new: old for old, new in words}}


_WORDS: Mapping[str, Mapping[str, str]] = {
    "synonym": _both_ways(_SYNONYMS),
    "abbreviation": _both_ways(_ABBREVIATIONS),
}


def _by_words(words: Mapping[str, str]) -> Callable[[str], str]:
    return lambda key: "_".join([words.get(word, word) for word in key.split("_")])


def _camel(key: str) -> str:
    if _SNAKE.fullmatch(key):
        head, *tail = key.split("_")
        return head + "".join(map(str.capitalize, tail))
    return _separated(key) if _CAMEL.fullmatch(key) else key


def _pascal(key: str) -> str:
    if _SNAKE.fullmatch(key):
        return "".join(map(str.capitalize, key.split("_")))
    return _separated(key).removeprefix("_") if _PASCAL.fullmatch(key) else key


def _separated(key: str) -> str:
    return re.sub("[A-Z]", lambda match: f"_{match[0].lower()}", key)


_SWAPS: Mapping[Style, Callable[[str], str]] = {
    "synonym": _by_words(_WORDS["synonym"]),
    "abbreviation": _by_words(_WORDS["abbreviation"]),
    "camel": _camel,
    "pascal": _pascal,
    "upper": str.swapcase,
}
_CONVENTIONS: Mapping[Style, str] = {
    "camel": "Results have their fields in camelCase: due_on is dueOn.",
    "pascal": "Results have their fields in PascalCase: due_on is DueOn.",
    "upper": "Results have their fields in capitals: due_on is DUE_ON.",
}


class RenameFields(Perturbation):
    """Rename the fields of results: by synonyms, abbreviations or another convention."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.4
    source: ClassVar = "R06"
    lesson: ClassVar = "The fields have other names here, so I read them by what they hold."
    families: ClassVar = ("api", "codebase", "desk", "files")
    rank: ClassVar = 0.5

    style: Style = "synonym"
    told: Told = "rule"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Rename in the results of a share of all tools."""
        swap = _SWAPS[self.style]

        def renamed(value: Json) -> Json:
            return records_mapped(value, lambda record: {swap(k): v for k, v in record.items()})

        about = _CONVENTIONS.get(self.style) or self._legend(scenario)
        share = self.strength
        return recoded(scenario, draw, share, renamed, renamed, about=about, told=self.told)

    def _legend(self, scenario: Scenario) -> str:
        words = _WORDS[self.style]
        known = dict.fromkeys(w for w in _words_of(scenario) if w in words)
        listed = ", ".join([f"{words[word]} for {word}" for word in known])
        return f"Fields of results are named with other words: {listed}."


def _words_of(scenario: Scenario) -> Iterable[str]:
    tables = scenario.world.base.values()
    for row in [next(iter(table.values())) for table in tables if table]:
        for key in row:
            yield from key.split("_")
    if scenario.world.workspace is not None:
        yield from _OF_COMMANDS
