"""What the agent does to a call, and to their own state."""
