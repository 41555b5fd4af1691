"""What every server has: the gate, faults, events, the clock, the site."""
