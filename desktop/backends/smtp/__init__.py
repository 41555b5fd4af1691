"""E-mail through any SMTP relay."""
