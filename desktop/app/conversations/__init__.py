"""What is written with customers: threads, replies, files, and messages outside of a contact."""
