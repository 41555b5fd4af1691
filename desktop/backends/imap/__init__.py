"""A shared mailbox as a contact centre: IMAP for what comes in, SMTP for what goes out."""
