"""Words: what stands in a sentence."""
