"""Who and what there is in it, made from a seed."""
