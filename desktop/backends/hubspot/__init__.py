"""HubSpot as the CRM, over its CRM v3 API with the token of a private app."""
