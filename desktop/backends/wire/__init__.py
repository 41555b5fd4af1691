"""The thin transport that HTTP backends share: requests, event streams and reading answers into domain records."""
