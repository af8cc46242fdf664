"""The engine: knows no platform, no dialog and nothing of the roof."""
