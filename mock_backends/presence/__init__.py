"""The directory's server."""
