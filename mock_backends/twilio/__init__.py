"""The mock contact centre in Twilio's dialect."""
