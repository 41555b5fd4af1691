"""The line to Asterisk's manager interface."""
