"""The pretend company that all servers share."""
