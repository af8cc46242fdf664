"""Which combinations of facts does a decision table leave open, or decide twice? Exact, without listing them all.

A box is a set of combinations: for every fact the set of values it may have. Subtracting a row from a box leaves at
most one smaller box per fact that the row names.
"""

from collections.abc import Iterable, Mapping

Box = Mapping[str, frozenset[str]]


def overlap(first: Box, second: Box) -> Box | None:
    """The combinations in both; None when there are none. Facts that are not named may have any value."""
    both = dict(first)
    for name, values in second.items():
        common = values & both.get(name, values)
        if not common:
            return None
        both[name] = common
    return both


def without(box: Box, row: Box) -> list[Box]:
    """The combinations of `box` that `row` does not fit, as boxes that do not overlap."""
    if overlap(box, row) is None:
        return [box]
    rest: list[Box] = []
    left = dict(box)
    for name, values in row.items():
        outside = left[name] - values
        if outside:
            rest.append({**left, name: outside})
        left[name] = left[name] & values
    return rest


def subtract(boxes: Iterable[Box], row: Box) -> list[Box]:
    """What stays open of `boxes` after `row` has decided."""
    return [rest for box in boxes for rest in without(box, row)]


def example(box: Box, domains: Mapping[str, Iterable[str]]) -> str:
    """One combination of the box in words: only the facts that matter."""
    named = [
        f"{name} = {next(v for v in domains[name] if v in values)}"
        for name, values in box.items()
        if len(values) < len(tuple(domains[name]))
    ]
    return ", ".join(named) or "any facts"
