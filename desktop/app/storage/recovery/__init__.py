"""Getting words out of a damaged or full file."""
