"""From words to figures: baselines, targets and measures as councils write them. Pure: no model, no query."""
