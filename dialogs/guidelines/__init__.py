"""The institute's guidelines as reviewed data, and the decision made on them."""

from dialogs.guidelines.checking import Problem, check
from dialogs.guidelines.loading import DEFAULT, load
from dialogs.guidelines.model import Clause, Guidelines, GuidelinesError, Passage, Rule, School
from dialogs.guidelines.names import Names

__all__ = [
    "DEFAULT",
    "Clause",
    "Guidelines",
    "GuidelinesError",
    "Names",
    "Passage",
    "Problem",
    "Rule",
    "School",
    "check",
    "load",
]
