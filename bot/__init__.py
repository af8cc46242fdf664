"""The bot itself: its engine, and the roof that wires engine, dialogs and platforms together."""

__version__ = "0.2.0"
