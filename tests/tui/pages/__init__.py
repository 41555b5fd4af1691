"""Pages above a screen."""
