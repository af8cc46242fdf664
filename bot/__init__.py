"""The engine that every platform and dialog shares; knows no platform and no wording."""
