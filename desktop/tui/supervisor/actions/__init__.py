"""What a supervisor does from the floor: the question asked, its target, the dialog."""
