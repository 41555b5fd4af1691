"""The outbox page."""
