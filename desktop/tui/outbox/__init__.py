"""The outbox as a place to work: what is not delivered, in full, and what can be done about it."""
