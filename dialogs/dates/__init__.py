"""From words to days and moments."""
