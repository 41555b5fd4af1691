"""What a supervisor does to others' work, and what agents hear of it."""
