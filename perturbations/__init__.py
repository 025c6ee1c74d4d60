"""What can change on an agent's way. Operators are found by import: one idea, one file."""

import importlib
import pkgutil

from wildgym.perturbations.core import AXES as AXES
from wildgym.perturbations.core import REGISTRY as REGISTRY
from wildgym.perturbations.core import Perturbation as Perturbation
from wildgym.perturbations.core import from_json as from_json
from wildgym.perturbations.core import lessons as lessons
from wildgym.perturbations.core import perturbed as perturbed
from wildgym.perturbations.draw import Draw as Draw

for _axis in AXES:
    _package = importlib.import_module(f"wildgym.perturbations.{_axis}")
    for _module in sorted(module.name for module in pkgutil.iter_modules(_package.__path__)):
        importlib.import_module(f"{_package.__name__}.{_module}")
