"""Scorecards, evaluations, sampling and calibration."""
