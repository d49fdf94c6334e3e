"""The houses that are measured: their data, and the ways to run them."""
