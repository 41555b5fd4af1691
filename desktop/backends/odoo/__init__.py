"""Odoo 19 and later as the CRM, over its JSON-2 API."""
