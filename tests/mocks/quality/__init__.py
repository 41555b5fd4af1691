"""Evaluations and coaching."""
