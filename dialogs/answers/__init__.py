"""The answer to a question about the guidelines."""
