"""The message service's server."""
