"""The panels of the floor: queues, agents, alerts, details."""
