"""Presence of a company's people by Microsoft Graph, asked for those on screen only."""
