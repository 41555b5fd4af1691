"""What the agent does to contacts, to their own state and with colleagues."""
