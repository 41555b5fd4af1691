"""What supervisors may do, and what it does."""
