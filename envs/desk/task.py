"""How a job is declared: a desk, a request, its subgoals, and its solution."""

from collections.abc import Callable

from wildgym.envs.api.services.bank import bank
from wildgym.envs.api.services.calendar import calendar
from wildgym.envs.api.services.crm import crm
from wildgym.envs.api.services.inventory import inventory
from wildgym.envs.api.services.mail import mail
from wildgym.envs.api.services.shop import shop
from wildgym.envs.api.services.tickets import tickets
from wildgym.envs.api.services.travel import travel
from wildgym.envs.api.worlds import WORLDS, base_world
from wildgym.envs.codebase.task import working
from wildgym.envs.desk.intranet import Intranet
from wildgym.envs.desk.scene import SHARED, Scene, Unsuitable
from wildgym.envs.desk.unfolding import Unfolding, in_time
from wildgym.envs.desk.verifier import Aims, DeskVerifier
from wildgym.envs.files.clutter import clutter
from wildgym.envs.files.scene import Scene as Folder
from wildgym.envs.prompts import SystemPrompt, UserPrompt
from wildgym.envs.request import Request
from wildgym.envs.scenario import Scenario, Task
from wildgym.envs.template import Template
from wildgym.envs.web.webs import WEBS, web
from wildgym.envs.workspace import WORKSPACE_DETOURS, WORKSPACE_TOOLS
from wildgym.tools import Rng, Tools, finish, wait
from wildgym.tools.sandboxes import File
from wildgym.tools.testing import run_tests
from wildgym.tools.web import WEB_TOOLS
from wildgym.tools.workspace import Workspace

SERVICES = (mail, calendar, tickets, bank, shop, crm, inventory, travel)
_ATTEMPTS = 20
_PERSONA = (
    "You are the assistant of {user_name} ({user_email}). You work through tools alone: the"
    " services of a firm, a folder of files in which commands start, the firm's intranet, the web."
)
_CONTEXT = (
    "Today is {today}.",
    "Files that several people work with are in shared/. The intranet is a site of the web: search"
    " it with site:intranet.",
)
_RULES = (
    "Carry out what is asked, completely, and change nothing else: every row and every file that"
    " the request is not about stays as it is.",
    "Policies stand on the intranet, and they bind you. Where there are several versions of one,"
    " the one that was published last counts.",
    "Every call takes some seconds, and waiting lets more time pass. Meanwhile mails come in and"
    " others work on. If something was announced, wait for it; what is said later goes before what"
    " was said earlier.",
    "Write to nobody but those whom the request or a policy names, and write once.",
    "Leave no files of your own in the folder. What you need on the way belongs into the folder for"
    " temporary files that TMPDIR names.",
    "Files keep their format: encoding, delimiter, order of rows and columns. Amounts have two"
    " decimals and a decimal point.",
    "When something is to be reported, the answer that you hand in holds only that: numbers plain,"
    " several items separated by commas.",
)
_CODE_RULES = (
    "The checkout in repo/ is a Python package: of that, change the code alone and not the tests. A"
    " repair is judged by tests that you do not see. A repair that newly reaches for the test run,"
    " for the interpreter or for its caller is none.",
)
_DETOURS = {
    **{name: detour for service in SERVICES for name, detour in service.detours.items()},
    **WORKSPACE_DETOURS,
}
_TOOLS = Tools(
    [
        *(tool for service in SERVICES for tool in service.tools),
        *(*WORKSPACE_TOOLS, run_tests, *WEB_TOOLS, wait, finish),
    ]
)
_SPECS = in_time(_TOOLS.specs)

Drawn = tuple[Request, Aims]
Draw = Callable[[Scene], Drawn]


class DeskTask(Template[Draw]):
    """A job template over a desk."""

    def scenario(self, seed: int, split: str) -> Scenario:
        """Draw a scenario; a world that does not suit is followed by another."""
        for attempt in range(_ATTEMPTS):
            scene = self._scene(Rng(seed, split, self.name, attempt), split)
            try:
                request, aims = self.draw(scene)
            except Unsuitable:
                continue
            return self._assemble(scene, request, aims)
        raise RuntimeError(f"{self.name} found no suitable world for seed {seed}")

    def _scene(self, rng: Rng, split: str) -> Scene:
        base, people = base_world(SERVICES, rng.integer(0, WORLDS - 1), split)
        world = base.fork()
        folder = Folder((rng.integer(0, 2**62), split), split)
        folder.people, folder.today = list(people), world.today
        public, graph = web(split, rng.integer(0, WEBS - 1))
        world.web = public
        return Scene(world, rng, people, {}, split, folder, graph)

    def _assemble(self, scene: Scene, request: Request, aims: Aims) -> Scenario:
        named = [path.removeprefix(SHARED) for files in aims.files.values() for path in files]
        clutter(scene.folder, named)
        files: dict[str, File] = {SHARED + path: f for path, f in scene.folder.tree.items()}
        if scene.code is not None:
            files |= scene.code.files
        world = scene.world.rebased()
        world.workspace = Workspace(files, working())
        world.web = Intranet(scene.world.web_here(), scene.pages)
        user = scene.user
        fixed = {"user_name": user.name, "user_email": user.email, "today": scene.today}
        facts = {**fixed, **request.facts}
        tools = Unfolding(_TOOLS, tuple(scene.events), _SPECS)
        return Scenario(
            task=self.name,
            system=SystemPrompt(
                _PERSONA, _CONTEXT, _RULES + (_CODE_RULES if scene.code is not None else ())
            ),
            user=UserPrompt(request.parts),
            facts=facts,
            told=facts,
            origin=world,
            canonical=tools,
            world=world,
            toolset=tools,
            solution=self.solve,
            verifier=DeskVerifier(aims, tools, scene.brought, scene.code),
            detours=_DETOURS,
        )


TASKS: dict[str, DeskTask] = {}


def job(draw: Draw) -> DeskTask:
    """Register a function that draws a scene as the task `desk/function`."""
    made = DeskTask(f"desk/{draw.__name__}", draw)
    if made.name in TASKS:
        raise ValueError(f"there are two tasks {made.name}")
    TASKS[made.name] = made
    return made


def as_task(template: DeskTask) -> Task:
    """Return a template as what the env plays."""
    return Task(template.name, template.scenario, about=template.about)
