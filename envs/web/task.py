"""How a form of questions becomes a task: a web, a question, and its one answer."""

from wildgym.envs.people import cast
from wildgym.envs.prompts import SystemPrompt, UserPrompt
from wildgym.envs.scenario import Scenario, Solution, Task
from wildgym.envs.trajectory import Trajectory
from wildgym.envs.verifier import Verdict, handed_in
from wildgym.envs.web.forms import FORMS
from wildgym.envs.web.question import Form
from wildgym.envs.web.webs import WEBS, web
from wildgym.tools import Facts, Json, Rng, Tools, World, finish, wait
from wildgym.tools.python import run_python
from wildgym.tools.web import WEB_TOOLS
from wildgym.tools.workspace import Workspace

_TRIES = 2_000
_TODAY = "2031-02-03"
_PERSONA = (
    "You are the assistant of {user_name} ({user_email}). You find things out on the web, through"
    " tools alone."
)
_CONTEXT = ("Today is {today}.",)
_RULES = (
    "Go by what pages say and not by memory: nobody has heard of anything on this web elsewhere.",
    "Where pages disagree, current ones count and not archived, preliminary or copied ones; and who"
    " names a source counts, not who guesses.",
    "The answer that you hand in holds only what is asked for: names as pages write them, numbers"
    " plain, dates in any usual form.",
    "If a request says what to do where there is nothing to report, do that.",
)
_CANONICAL = Tools((*WEB_TOOLS, run_python, wait, finish))


class WebTask:
    """A task template over a web.

    Args:
        form: The form of its questions.
    """

    def __init__(self, form: Form) -> None:
        self.name = f"web/{form.name}"
        self.about = form.about
        self._form = form

    def scenario(self, seed: int, split: str) -> Scenario:
        """Draw a question that has one answer."""
        rng = Rng(seed, split, self.name)
        store, graph = web(split, rng.integer(0, WEBS - 1))
        user = cast(rng, split, 1)[0]
        for _ in range(_TRIES):
            drawn = self._form.draw(graph, rng)
            answer = self._form.answer(graph, drawn) if drawn is not None else None
            if drawn is not None and answer is not None:
                break
        else:
            raise RuntimeError(f"{self.name} found no question for seed {seed}")
        world = World({}, {}, _TODAY)
        world.web = store
        world.workspace = Workspace({})
        fixed = {"user_name": user.name, "user_email": user.email, "today": _TODAY}
        facts = {**fixed, **drawn}
        return Scenario(
            task=self.name,
            system=SystemPrompt(_PERSONA, _CONTEXT, _RULES),
            user=UserPrompt(self._form.parts),
            facts=facts,
            told=facts,
            origin=world,
            canonical=_CANONICAL,
            world=world,
            toolset=_CANONICAL,
            solution=self._solve,
            verifier=Answered(answer),
        )

    def _solve(self, facts: Facts) -> Solution:
        return self._form.solve(facts)


class Answered:
    """A verifier: the answer is the one that the graph gives.

    Args:
        answer: That answer.
    """

    def __init__(self, answer: Json) -> None:
        self._answer = answer

    def __call__(self, scenario: Scenario, world: World, trajectory: Trajectory) -> Verdict:
        """Judge what was handed in; nothing else is left of a search."""
        return Verdict(handed_in(world, self._answer), 0.0)


TASKS = {task.name: task for task in map(WebTask, FORMS.values())}


def as_task(template: WebTask) -> Task:
    """Return a template as what the env plays."""
    return Task(template.name, template.scenario, about=template.about)
