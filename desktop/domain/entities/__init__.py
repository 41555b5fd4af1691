"""What there is: contacts, customers, people, queues, as frozen records."""
