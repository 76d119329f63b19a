"""Submissions as they come, and as nobody hopes: made from a ready set, with what each should get."""
