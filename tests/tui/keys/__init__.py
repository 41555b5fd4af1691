"""What keys do, and what they never do."""
