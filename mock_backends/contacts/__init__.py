"""The distributor live: contacts, further parties, simulated customers, figures."""
