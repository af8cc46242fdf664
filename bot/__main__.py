"""`opnamewijzer` and `python -m bot`: errors are one sentence on stderr, never a traceback.

Exit codes: 0 well, 1 the work failed, 2 wrong use. The commands are in `bot.commands`.
"""

from __future__ import annotations

import sys
from typing import Any

import structlog
import typer

from bot.commands import cli
from bot.commands.command import Failed, WrongUse
from bot.engine.store.database import DatabaseError
from bot.settings import SettingsError
from dialogs.guidelines.model import GuidelinesError

# typer brings its own click; by these names it does not matter which.
UsageError: type[Any] = typer.BadParameter.mro()[1]
INTERRUPTED = 130  # what typer makes of Ctrl-C: asked for, so well


def main() -> None:
    """The command `opnamewijzer`."""
    sys.exit(_run())


def _run() -> int:
    from adapters.web import CannotServe

    try:
        code = cli(standalone_mode=False)
    except UsageError as problem:
        return _say(_usage(problem), 2)
    except WrongUse as problem:
        return _say(str(problem), 2)
    except (SettingsError, DatabaseError, GuidelinesError, CannotServe, Failed) as problem:
        return _say(str(problem), 1)
    except OSError as problem:
        # A full disk, a pipe that broke: the machine's own words say it best.
        return _say(problem.strerror or type(problem).__name__, 1)
    except Exception:
        structlog.get_logger("opnamewijzer").exception("command.broke")
        return _say("something went wrong inside; see the line above", 1)
    return code if isinstance(code, int) and code != INTERRUPTED else 0


def _usage(problem: Any) -> str:
    """What was wrong with the words behind the command, and where to look."""
    path = problem.ctx.command_path if problem.ctx else "opnamewijzer"
    return f"{problem.format_message().rstrip('.')}: see {path} --help"


def _say(words: str, code: int) -> int:
    print(f"opnamewijzer: {words}", file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
