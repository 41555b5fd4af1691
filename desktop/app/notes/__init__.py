"""From the first key of a note to the CRM's receipt."""
