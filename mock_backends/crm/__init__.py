"""The CRM's server."""
