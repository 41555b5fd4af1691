"""The calls to backends and their streams: deadlines, retries, clocks, failures."""
