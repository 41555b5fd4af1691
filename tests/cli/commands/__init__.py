"""One file a command, or a way of using several."""
