"""The call distributor and its counts."""
