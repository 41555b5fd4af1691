"""One contract a port, and what is asked of every backend."""
