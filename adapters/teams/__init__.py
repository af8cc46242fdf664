"""Microsoft Teams: listen, parse, render; and what the platform's library leaves undone."""
