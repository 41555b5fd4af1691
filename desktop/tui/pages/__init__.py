"""Pages above a screen: help, diagnostics, and how one is opened."""
