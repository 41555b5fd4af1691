"""When an alert begins, ends, gets worse or is foreseen."""
