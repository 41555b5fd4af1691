"""The terminal: driver, signals, crash, themes, bells, and what stands in for parts of Textual."""
