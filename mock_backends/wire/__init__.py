"""The wire models, in pydantic."""
