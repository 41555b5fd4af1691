"""Hostile text on every screen."""
