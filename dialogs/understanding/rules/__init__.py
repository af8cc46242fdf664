"""Rules: what the words mean together."""
