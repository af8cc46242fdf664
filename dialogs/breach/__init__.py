"""Reporting a possible breach (O3): collected, delivered, followed up; in doubt always reported."""

from dialogs.breach.dialog import DIALOG
from dialogs.breach.register import export, export_all

__all__ = ["DIALOG", "export", "export_all"]
