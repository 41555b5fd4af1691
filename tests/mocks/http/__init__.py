"""What holds for every server."""
