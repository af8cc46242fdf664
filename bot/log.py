"""Logging without personal data: a sentence for people, an event name for machines."""

from __future__ import annotations

import logging
import sys

import structlog

QUIET = (
    "slack_bolt",
    "slack_sdk",
    "msrest",
    "urllib3",
    "requests_oauthlib",
    "botbuilder",
    "botframework",
)


def configure(level: str, form: str) -> None:
    """Everything goes to stderr, as text or JSON lines. Libraries that log bodies are silenced."""
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
    logging.basicConfig(
        level=max(logging.getLevelName(level), logging.WARNING),
        stream=sys.stderr,
        format="%(levelname)s %(name)s: %(message)s",
    )
    for name in QUIET:
        # These write whole request bodies at INFO or DEBUG: personal data.
        logging.getLogger(name).setLevel(logging.ERROR)


def where(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """An exception as type and places in our code only: its message may quote what was typed."""
    if event.pop("exc_info", None):
        kind, _problem, trace = sys.exc_info()
        places = []
        while trace is not None:
            code = trace.tb_frame.f_code
            places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}:{code.co_name}")
            trace = trace.tb_next
        event["error"] = kind.__name__ if kind else "?"
        event["at"] = " > ".join(places[-6:])
    return event
