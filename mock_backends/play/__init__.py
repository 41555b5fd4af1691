"""What happens when: scenarios, and the servers together."""
