"""Presence and chat over XMPP (RFC 6120-6122), tried against real servers."""
