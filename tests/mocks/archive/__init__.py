"""The past."""
