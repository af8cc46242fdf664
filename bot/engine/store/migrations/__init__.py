"""Schema changes, run at start."""
