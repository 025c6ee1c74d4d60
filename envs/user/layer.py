"""How a user is reached: one tool to ask, one for messages that arrive, however many layers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from wildgym.envs.user.manner import MANNERS
from wildgym.envs.user.speaking import Asked, Line, Speaker, scripted
from wildgym.envs.user.understanding import Known, asked_for
from wildgym.tools import Layer, ToolCall, ToolResult, Toolset, World, plain_spec
from wildgym.tools.tool import ToolSpec

ASK = "ask_user"
NEXT = "read_next_message"
_SAID = "said"
_SPEAKER = "speaker"
SPECS: Mapping[str, ToolSpec] = {
    ASK: plain_spec(ASK, "Ask the user something about the request.", question="What to ask."),
    NEXT: plain_spec(NEXT, "Read the user's next message."),
}


@dataclass(frozen=True)
class WithUser(Layer):
    """A toolset beside which there is a user.

    Layers of this kind around one toolset are one user: what an outer one knows goes before
    what an inner one knows, and messages of an outer one come first.

    Args:
        name: Whose layer it is, as a key into the world's memory.
        known: What the user can be asked for.
        manner: A name in MANNERS; the outermost that is set counts.
    """

    name: str
    known: tuple[Known, ...] = ()
    manner: str = ""

    def call(self, call: ToolCall, world: World) -> ToolResult:
        """Answer a question, give the next message, or pass the call on."""
        if call.name == ASK:
            return self._answered(str(call.arguments["question"]), world)
        if call.name == NEXT:
            return self._next(world)
        return self.inner.call(call, world)

    def remarks(self, question: str, facts: Collection[Known], world: World) -> tuple[str, ...]:
        """Return what the user says to a question beside the facts that it asks for.

        Args:
            question: As it was put.
            facts: What it asks for, of all that the user knows.
            world: The state, of which one may keep something in mind.
        """
        return ()

    def messages(self, world: World) -> tuple[str, ...]:
        """Return the messages that have arrived so far, those that were read among them."""
        return ()

    def _answered(self, question: str, world: World) -> ToolResult:
        layers = layers_of(self)
        known: dict[str, Known] = {}
        for layer in layers:
            known = {fact.label: fact for fact in layer.known} | known
        facts = asked_for(question, tuple(known.values()))
        remarks = [said for layer in layers for said in layer.remarks(question, facts, world)]
        asked = Asked(
            question=question,
            facts=facts,
            remarks=remarks,
            known=tuple(known.values()),
            manner=MANNERS[next((layer.manner for layer in layers if layer.manner), "plain")],
            conversation=world.memory.get(_SAID, ()),
        )
        speaker: Speaker = world.memory.get(_SPEAKER, scripted)
        reply = speaker(asked)
        if not isinstance(reply, str):
            raise TypeError(f"the user has to reply by text, not by {reply!r}")
        _note(world, Line("agent", question), Line("user", reply))
        return ToolResult({"reply": reply})

    def _next(self, world: World) -> ToolResult:
        layers = layers_of(self)
        read = [world.memory.get((NEXT, layer.name), 0) for layer in layers]
        arrived = [layer.messages(world) for layer in layers]
        left = sum(map(len, arrived)) - sum(read)
        for layer, count, messages in zip(layers, read, arrived, strict=True):
            if count < len(messages):
                world.memory[NEXT, layer.name] = count + 1
                _note(world, Line("user", messages[count]))
                return ToolResult({"message": messages[count], "messages_left": left - 1})
        return ToolResult({"message": "That was all.", "messages_left": 0})


def put_in_place(speaker: Speaker, world: World) -> None:
    """Have the user of a world, if it has one, speak by another than our program."""
    world.memory[_SPEAKER] = speaker


def _note(world: World, *lines: Line) -> None:
    world.memory[_SAID] = (*world.memory.get(_SAID, ()), *lines)


def layers_of(toolset: Toolset) -> list[WithUser]:
    """Return the layers of a toolset that together are its user, outermost first."""
    found: list[WithUser] = []
    while isinstance(toolset, Layer):
        if isinstance(toolset, WithUser):
            found.append(toolset)
        toolset = toolset.inner
    return found
