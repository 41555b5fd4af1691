"""Sentences and figures on screen."""
