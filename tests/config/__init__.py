"""Profiles, alert rules and forms as files."""
