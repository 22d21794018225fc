"""`voldesk bench`: run the measurements behind a progress bar and print their table."""

QUICK_OPTIONS, QUICK_RUNS = 10_000, 5
FULL_OPTIONS, FULL_RUNS = 100_000, 11
