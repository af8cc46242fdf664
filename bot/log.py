"""Logging without personal data: a sentence for people, an event name for machines."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from types import TracebackType

import structlog


def configure(level: str, form: str, quiet: Iterable[str] = ()) -> None:
    """Everything goes to stderr, as text or JSON lines.

    quiet: loggers of libraries that write whole request bodies: personal data.
    """
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        where,
    ]
    if form == "json":
        processors += [structlog.processors.JSONRenderer()]
    else:
        processors += [structlog.dev.ConsoleRenderer(colors=False)]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Discreet("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=max(logging.getLevelName(level), logging.WARNING), handlers=[handler])
    for name in quiet:
        logging.getLogger(name).setLevel(logging.ERROR)


class Discreet(logging.Formatter):
    """How libraries' own log lines are written: exceptions as in `where`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line: what an exception says, and what asyncio quotes below it, stays out."""
        if not record.exc_info:
            return super().format(record)
        line = logging.makeLogRecord({**record.__dict__, "exc_info": None, "exc_text": None})
        line.msg, line.args = record.getMessage().partition("\n")[0], None
        _, problem, trace = record.exc_info
        return f"{super().format(line)} {_named(problem)} at {_places(trace)}"


def where(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """An exception as type and places in our code only: its message may quote what was typed."""
    if event.pop("exc_info", None):
        _kind, problem, trace = sys.exc_info()
        event["error"] = _named(problem)
        event["at"] = _places(trace)
    return event


def _named(problem: BaseException | None) -> str:
    return type(problem).__name__ if problem else "?"


def _places(trace: TracebackType | None) -> str:
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}:{code.co_name}")
        trace = trace.tb_next
    return " > ".join(places[-6:])
