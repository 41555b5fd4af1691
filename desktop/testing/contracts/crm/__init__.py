"""What a CRM has to keep."""

from desktop.testing.contracts.crm.contract import CrmContract

__all__ = ["CrmContract"]
