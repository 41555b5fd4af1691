"""Who may look after whose work, and what they do to it."""
