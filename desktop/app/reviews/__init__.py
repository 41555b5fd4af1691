"""A reviewer's words, kept like a note's and handed in once."""
