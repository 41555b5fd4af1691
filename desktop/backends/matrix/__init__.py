"""A Matrix account as a contact centre: each room is a customer, and several agents answer for one account."""
