"""Twilio: contact centre over TaskRouter and conferences, SMS over Messages. No SDK of Twilio's at run time."""
