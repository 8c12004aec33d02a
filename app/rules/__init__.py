"""Values and pure functions: no clock, no chance, no database, no web."""
