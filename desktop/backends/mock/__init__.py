"""Adapters for the bundled mock servers, which speak the wire contract in `mock_backends/WIRE.md`."""
