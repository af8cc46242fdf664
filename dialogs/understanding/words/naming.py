"""An institute's own names, read as the words that the lexicon and the encoder have learnt.

Both know one recording system and one step-by-step plan by name. Another institute's names take their place before
anything is read; the learnt name itself is then one of many apps outside the system.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from dialogs.guidelines.names import Names


def renaming(names: Names, learnt: Mapping[str, Sequence[str]]) -> Callable[[str], str]:
    """Text -> the same text in learnt words; the text itself where the names are the learnt ones.

    learnt: name (`system`, `plan`, `supervisor`, `officer`) -> its spellings, the one to write first; and `outside`,
    what a system of another institute counts as.
    """
    swaps: dict[str, str] = {}
    if names.system.lower() not in learnt["system"]:
        swaps |= dict.fromkeys(learnt["system"], learnt["outside"][0])
        swaps |= dict.fromkeys(names.system_spellings, learnt["system"][0])
    for name in ("plan", "supervisor", "officer"):
        own = [said for said in names.said(name) if said not in learnt[name]]
        swaps |= dict.fromkeys(own, learnt[name][0])
    if not swaps:
        return str
    pattern = re.compile(rf"(?<!\w)(?:{_either(swaps)})(?!\w)", re.IGNORECASE)
    return lambda text: pattern.sub(lambda match: swaps[match[0].lower()], text)


def _either(words: Iterable[str]) -> str:
    """The longest first, so that a whole name is not read as its first word."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
