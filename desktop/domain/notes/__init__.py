"""What the agent enters about a contact, and the states of such a record."""
