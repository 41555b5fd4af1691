"""Evaluations, calibrations, coaching."""
