"""JSON: the batch in, the answer out."""
