"""The supervisor's floor on screen."""
