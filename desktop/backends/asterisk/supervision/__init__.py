"""What a supervisor does."""
