"""A moment: seconds since the Unix epoch on the server's clock."""

Instant = float
