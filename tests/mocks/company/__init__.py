"""The company of the mock servers."""
