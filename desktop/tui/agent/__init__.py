"""The agent's desk: its screen, panes and verbs."""
