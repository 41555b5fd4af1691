"""SMS through a Kannel gateway: sent over its sendsms interface, reports and inbound SMS by its HTTP callbacks."""
