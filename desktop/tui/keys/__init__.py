"""The one table of keys, and the only way to what cannot be undone."""
