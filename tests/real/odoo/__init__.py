"""The Odoo adapter against a real Odoo 19, made by tests/real/servers/odoo.py."""
