"""Columns that tables of every owner are made of. Times are UTC, on every database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect, TypeDecorator
from sqlmodel import Field


class Moment(TypeDecorator[datetime]):
    """An aware moment, stored in UTC on every database; a naive one is refused at the door."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must carry its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database; SQLite gives moments back without their zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def moment(**options: Any) -> Any:
    """A column for a required moment."""
    return Field(sa_type=Moment, **options)


def maybe_moment(**options: Any) -> Any:
    """A column for a moment that may be unknown."""
    return Field(default=None, sa_type=Moment, nullable=True, **options)


def document() -> Any:
    """A column for JSON data."""
    return Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
