"""Twilio's APIs: how they are reached, and what they say."""
