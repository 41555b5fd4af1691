"""Experts asked for help, and the agent's own presence."""
