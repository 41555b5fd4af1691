"""Small backends that keep their contracts, in memory: what the broken ones are made from by breaking one thing."""
