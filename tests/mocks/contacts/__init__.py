"""Contacts on the mock contact centre."""
