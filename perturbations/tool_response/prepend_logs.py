"""Results at the end of a log."""

import json
from typing import ClassVar

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.recoded import recoded
from wildgym.tools import Json

_LINES = (
    "INFO connected to backend 2 of 3",
    "DEBUG cache miss, going to the database",
    "WARN certificate expires in 21 days",
    "INFO retrying after 0.2 s",
    '{"level": "debug", "msg": "pool size 8"}',
    "DEBUG 1 query in 14 ms",
    '{"level": "warn", "msg": "slow query", "rows": 0}',
    "WARN metrics endpoint unreachable",
)
_MARK = "RESULT "


class PrependLogs(Perturbation):
    """Write the log of a call, some of it JSON, ahead of its result."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.4
    source: ClassVar = "R46"
    lesson: ClassVar = "A log stands ahead of the result, so I read what comes after it."
    rank: ClassVar = 3.7

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Log the calls of a share of all tools."""

        def logged(value: Json) -> Json:
            text = json.dumps(value, ensure_ascii=False)
            rng = draw.rng(text)
            return "\n".join([*rng.sample(_LINES, rng.integer(2, 4)), _MARK + text])

        def read(value: Json) -> Json:
            last = value.rpartition("\n")[2] if isinstance(value, str) else ""
            return json.loads(last.removeprefix(_MARK)) if last.startswith(_MARK) else value

        return recoded(scenario, draw, self.strength, logged, read)
