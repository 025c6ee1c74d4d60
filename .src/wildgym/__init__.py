"""Gymnasium environments for tool-using agents, perturbed along the whole trajectory.

Importing this package registers its environment ids and does nothing else.
"""

import gymnasium

gymnasium.register(
    id="wildgym/Api-v0",
    entry_point="wildgym.perturbations.factory:make",
    vector_entry_point="wildgym.perturbations.factory:make_vec",
    kwargs={"family": "api"},
)
