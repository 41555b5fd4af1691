"""What plug-ins and the desktop share."""
