"""How fast the tracker is, against floors and against plain Django admin in the same run (docs/performance.md)."""

#: How the name of a database begins that may be filled with made-up rows.
MARK = "bench_scratch"
