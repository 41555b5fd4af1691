"""Who the customer is: every CRM asked, one answer out of theirs."""
