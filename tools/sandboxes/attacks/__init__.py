"""Attacks: what an agent could try against a sandbox, and who finds out whether it got through."""

from wildgym.tools.sandboxes.attacks.attack import Attack as Attack
from wildgym.tools.sandboxes.attacks.calling import CALLING
from wildgym.tools.sandboxes.attacks.forging import FORGING
from wildgym.tools.sandboxes.attacks.network import NETWORK
from wildgym.tools.sandboxes.attacks.paths import PATHS
from wildgym.tools.sandboxes.attacks.persisting import PERSISTING
from wildgym.tools.sandboxes.attacks.place import Place as Place
from wildgym.tools.sandboxes.attacks.place import place as place
from wildgym.tools.sandboxes.attacks.privileges import PRIVILEGES
from wildgym.tools.sandboxes.attacks.processes import PROCESSES
from wildgym.tools.sandboxes.attacks.reading import READING
from wildgym.tools.sandboxes.attacks.resources import RESOURCES
from wildgym.tools.sandboxes.attacks.storage import STORAGE

ATTACKS: tuple[Attack, ...] = (
    *(*READING, *PROCESSES, *NETWORK, *PRIVILEGES),
    *(*RESOURCES, *STORAGE, *FORGING, *CALLING, *PATHS, *PERSISTING),
)
"""All of them, the tame ones first."""
