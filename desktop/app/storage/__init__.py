"""The one file of a profile, its tables, and who may write it."""
