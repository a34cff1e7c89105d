"""What dashboards and papers say: the only code in reports that queries."""
