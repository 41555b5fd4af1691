"""What happened unasked, until the agent has seen it."""
