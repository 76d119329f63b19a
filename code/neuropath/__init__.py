"""From an empty NumPy file to an honest brain-MRI classifier."""
