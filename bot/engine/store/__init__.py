"""Everything that is remembered: tables, the database around them, and its migrations."""
