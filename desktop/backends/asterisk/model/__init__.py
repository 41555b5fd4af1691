"""What Asterisk's events say of calls, agents and queues."""
