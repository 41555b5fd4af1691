"""What a contact centre has to keep, a file for each part of its work."""

from desktop.testing.contracts.contact_center.contract import ContactCenterContract

__all__ = ["ContactCenterContract"]
