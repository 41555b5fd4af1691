"""The contact centre's server and its routes."""
