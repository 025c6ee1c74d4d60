"""All kinds of facts, and how each is told. One file for each kind of entity."""

from collections.abc import Mapping

from wildgym.envs.web.relations import (
    city,
    country,
    event,
    organisation,
    paper,
    person,
    product,
    work,
)
from wildgym.envs.web.relations.core import Relation as Relation

RELATIONS: Mapping[tuple[str, str], Relation] = {
    (relation.kind, relation.name): relation
    for module in (country, city, person, organisation, work, event, product, paper)
    for relation in module.RELATIONS
}
"""By kind of entity and name."""
