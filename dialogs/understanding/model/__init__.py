"""Model: how likely each reading is."""
