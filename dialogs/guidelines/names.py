"""What an institute calls things: its system, itself, its roles, its plan; and its two numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What every language says for itself. `the_...` is the name as it stands inside a sentence.
SPOKEN = (
    "institute", "the_institute", "institute_full", "programme", "plan", "the_plan",
    "supervisor", "supervisors", "officer", "coordinator", "teacher_trainer",
)  # fmt: skip


@dataclass(frozen=True)
class Names:
    """Another institute's file holds others; no sentence and no rule of ours has one of its own.

    system: the closed recording system. system_short: where there is little room. system_spellings:
    what people type for it, in lower case. months: how long a recording may be kept in principle.
    hours: within how many hours of noticing a possible breach must be reported.
    officer_addresses: where it is reported. plan_url: the page of the step-by-step plan.
    spoken: language -> name (see SPOKEN) -> words.
    """

    system: str
    system_short: str
    system_spellings: tuple[str, ...]
    months: int
    hours: int
    officer_addresses: tuple[str, ...]
    plan_url: str
    spoken: Mapping[str, Mapping[str, str]]

    def said(self, name: str) -> tuple[str, ...]:
        """One name in all languages, in lower case: what people may type for it."""
        return tuple(dict.fromkeys(words[name].lower() for words in self.spoken.values()))


def names(tree: Mapping[str, Any]) -> Names:
    """The names of a guidelines file. KeyError, TypeError or ValueError name what is missing."""
    own, addresses = tree["names"], tree["addresses"]
    officer = addresses["privacy_officer"]
    return Names(
        system=own["system"],
        system_short=own.get("system_short", own["system"]),
        system_spellings=tuple(
            dict.fromkeys(
                spelling.lower() for spelling in (own["system"], *own["system_spellings"])
            )
        ),
        months=int(own["months"]),
        hours=int(own["hours"]),
        officer_addresses=(officer,) if isinstance(officer, str) else tuple(officer),
        plan_url=addresses["step_plan"],
        spoken={
            lang: {name: words[name] for name in SPOKEN}
            for lang, words in own.items()
            if isinstance(words, Mapping)
        },
    )
