"""Lines above the panels that say what goes on."""
