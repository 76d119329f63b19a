"""From a problem set to marks: hand out notebooks, grade what comes back, return feedback."""
