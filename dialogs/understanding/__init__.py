"""From a sentence to weighed facts."""
