"""Asterisk's queues as a contact centre, over its manager interface (AMI)."""
