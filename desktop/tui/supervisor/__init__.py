"""The panes of the supervisor's screen. Imported only once the contact centre says that this is a supervisor."""
