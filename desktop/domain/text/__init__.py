"""Text as such: folding, card numbers, what a log must not hold."""
