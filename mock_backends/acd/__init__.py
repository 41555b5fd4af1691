"""The call distributor, pure, with the clock brought along."""
