"""Faults planted into the source, one at a time: the tests named beside each must go red."""
