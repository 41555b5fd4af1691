"""The terminal below the screens."""
