"""What is written to customers: canned replies, and whose draft a message is."""
