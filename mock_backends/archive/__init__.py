"""What is over, in DuckDB, and a made-up year."""
