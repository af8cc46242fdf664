"""Reporting a possible breach (O3): collected, delivered, followed up; in doubt always reported."""

from dialogs.breach.dialog import make
from dialogs.breach.register import export, export_all
from dialogs.breach.reporter import lines

__all__ = ["export", "export_all", "lines", "make"]
