"""How a task of the api family is declared: a sketch of a request, and its solution."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from wildgym.envs.api.service import Service
from wildgym.envs.api.worlds import WORLDS, base_world
from wildgym.envs.people import Person
from wildgym.envs.prompts import SystemPrompt, UserPrompt
from wildgym.envs.request import Request as Request
from wildgym.envs.request import ask as ask
from wildgym.envs.scenario import Scenario, Task
from wildgym.envs.template import Template
from wildgym.envs.verifier import state_verifier
from wildgym.tools import Json, Rng, Row, Tools, World, finish, wait

_ATTEMPTS = 20
_PERSONA = "You are the assistant of {user_name} ({user_email}). You work through tools alone."
_CONTEXT = ("Today is {today}.",)
_RULES = (
    "Carry out what is asked, completely, and change nothing else.",
    "When something is to be reported, the answer that you hand in holds only that: numbers"
    " plain, several items separated by commas.",
    "If a rule forbids the request, change nothing and hand in the work with the status 'refused',"
    " and as the answer what the rule says to report.",
)


class Unsuitable(Exception):
    """This world has nothing for the task to be about; another one is drawn."""


@dataclass(slots=True)
class Scene:
    """What a task draws its request from.

    Attributes:
        world: A world of its own: what a task needs to exist, it may put there.
        rng: For everything drawn.
        people: Whom the world knows; the first is the user.
        policy: The values in force, by name.
    """

    world: World
    rng: Rng
    people: Sequence[Person]
    policy: Mapping[str, Json]

    @property
    def user(self) -> Person:
        """Whom the agent works for."""
        return self.people[0]

    def pick(self, table: str, where: Callable[[Row], bool] = lambda row: True) -> Row:
        """Draw one row for which `where` holds; raise Unsuitable if there is none."""
        return self.sample(table, 1, where)[0]

    def sample(
        self, table: str, count: int, where: Callable[[Row], bool] = lambda row: True
    ) -> list[Row]:
        """Draw `count` different rows for which `where` holds; raise Unsuitable if too few do."""
        rows = [row for row in self.world.table(table).values() if where(row)]
        if len(rows) < count:
            raise Unsuitable(table)
        return self.rng.sample(rows, count)


Draw = Callable[[Scene], Request]


class ApiTask(Template[Draw]):
    """A task template over services."""

    def __init__(self, name: str, services: Sequence[Service], draw: Draw) -> None:
        super().__init__(name, draw)
        self.services = tuple(services)

    def scenario(self, seed: int, split: str) -> Scenario:
        """Draw a scenario; a world that does not suit is followed by another."""
        for attempt in range(_ATTEMPTS):
            rng = Rng(seed, split, self.name, attempt)
            index = rng.integer(0, WORLDS - 1)
            base, people = base_world(self.services, index, split)
            world = base.fork()
            policy = {name: value.usual for s in self.services for name, value in s.values.items()}
            try:
                request = self.draw(Scene(world, rng, people, policy))
            except Unsuitable:
                continue
            return self._assemble(request, world.rebased(), people[0], policy)
        raise RuntimeError(f"{self.name} found no suitable world for seed {seed}")

    def _assemble(
        self, request: Request, world: World, user: Person, policy: Mapping[str, Json]
    ) -> Scenario:
        fixed = {"user_name": user.name, "user_email": user.email, "today": world.today}
        facts = {**fixed, **policy, **request.facts}
        tools = toolset(self.services)
        rules = tuple(rule for service in self.services for rule in service.rules)
        return Scenario(
            task=self.name,
            system=SystemPrompt(_PERSONA, _CONTEXT, _RULES + rules),
            user=UserPrompt(request.parts),
            facts=facts,
            told=facts,
            origin=world,
            canonical=tools,
            world=world,
            toolset=tools,
            solution=self.solve,
            verifier=state_verifier,
            policy={name: v.others for s in self.services for name, v in s.values.items()},
            detours={name: d for s in self.services for name, d in s.detours.items()},
        )


@cache
def toolset(services: tuple[Service, ...]) -> Tools:
    """Return the canonical tools of some services, and those of every episode."""
    return Tools([*(tool for s in services for tool in s.tools), wait, finish])


TASKS: dict[str, ApiTask] = {}


def task(*services: Service) -> Callable[[Draw], ApiTask]:
    """Register a function that draws a request as the task `service/function`."""

    def register(draw: Draw) -> ApiTask:
        made = ApiTask(f"{services[0].name}/{draw.__name__}", services, draw)
        if made.name in TASKS:
            raise ValueError(f"there are two tasks {made.name}")
        TASKS[made.name] = made
        return made

    return register


def as_task(template: ApiTask) -> Task:
    """Return a template as what the env plays."""
    return Task(template.name, template.scenario, about=template.about)
