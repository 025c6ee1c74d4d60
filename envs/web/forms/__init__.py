"""All forms of questions, by what they are about."""

from collections.abc import Mapping

from wildgym.envs.web.forms import people, things, works
from wildgym.envs.web.question import Form

FORMS: Mapping[str, Form] = {
    form.name: form for module in (people, things, works) for form in module.FORMS
}
"""By name."""
