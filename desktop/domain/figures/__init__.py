"""What is measured, and how: counts, ratios, metrics, adherence."""
