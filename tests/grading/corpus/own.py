"""The instructor's own page that the tests add to a ready set: one question with a test that is not shown."""

from pathlib import Path

OWN_PAGE = Path(__file__).with_name("own_page.md")
QUESTION = "  - {id: own-rms, points: 4, hidden_points: 2}\npages: [own_page.md]\n"
