"""The pages of the past."""
