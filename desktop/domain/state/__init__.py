"""Everything known at one moment, and the events that change it."""
