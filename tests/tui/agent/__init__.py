"""The agent's desk on screen."""
