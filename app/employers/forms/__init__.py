"""What is typed and uploaded about employers, made usable or refused with a sentence about the field."""
