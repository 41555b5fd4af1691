"""The Twilio dialect."""
