"""Questions about the past, and reports of it."""
