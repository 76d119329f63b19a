"""Submissions as they come, and as nobody hopes: each made from a ready problem set, with what it should get."""
