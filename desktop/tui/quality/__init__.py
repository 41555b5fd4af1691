"""Scorecards, calibration and coaching on screen. Imported when somebody asks for them, and not before."""
