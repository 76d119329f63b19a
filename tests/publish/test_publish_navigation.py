"""Sessions and parts from the table of contents; the ways that lead to a part, to Colab and to its source."""

from pathlib import Path

import pytest

from neuropath.publish import navigation

ROOT = Path(__file__).resolve().parents[2]
FRONT = """---
kernelspec: {{name: python3}}
course: {{session: {session}, part: {part}, run_seconds: 5, needs: CPU, builds_on: []}}
{more}---

"""


def write_page(root, session, part, title, body="One sentence here. And a second one.\n", more=""):
    file = root / f"book/session{session:02d}_x/part_{part.lower()}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    head = FRONT.format(session=session, part=part, more=more)
    file.write_text(f"{head}# {title}\n\n{body}\n```{{part-facts}}\n```\n", encoding="utf-8")
    return file.relative_to(root).as_posix()


def write_book(root, pages, url=""):
    """_toc.yml and _config.yml around {caption: [pages]}."""
    (root / "book").mkdir(exist_ok=True)
    (root / "book/intro.md").write_text("# The course\n", encoding="utf-8")
    lines = ["format: jb-book", "root: book/intro.md", "parts:"]
    for caption, files in pages.items():
        lines += [f"  - caption: '{caption}'", "    chapters:", *(f"      - file: {file}" for file in files)]
    (root / "_toc.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    config = f'title: T\nrepository:\n  url: "{url}"\n  branch: main\n'
    (root / "_config.yml").write_text(config, encoding="utf-8")


@pytest.fixture
def root(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book/notation.md").write_text("# Notation\n", encoding="utf-8")
    one = [
        write_page(tmp_path, 1, "A", "Part A — Seeing it"),
        write_page(tmp_path, 1, "C", "Part C: Deriving"),
    ]
    two = [write_page(tmp_path, 2, "A", "Pictures have neighbours")]
    pages = {"Before": ["book/notation.md"], "Session 01 · Networks": one, "Session 2: Pictures": two}
    write_book(tmp_path, pages)
    return tmp_path


def test_sessions_are_those_of_the_table_of_contents_with_the_parts_that_exist(root):
    first, second = navigation.sessions(root)
    assert (first.number, first.name, second.number, second.name) == (1, "Networks", 2, "Pictures")
    assert [(p.letter, p.title) for p in first.parts] == [("A", "Seeing it"), ("C", "Deriving")]
    assert second.parts[0].title == "Pictures have neighbours"
    assert first.minutes == sum(part.minutes for part in first.parts) > 0


def test_a_new_part_appears_by_itself(root):
    new = write_page(root, 2, "B", "Part B — Stated")
    toc = root / "_toc.yml"
    toc.write_text(toc.read_text(encoding="utf-8") + f"      - file: {new}\n", encoding="utf-8")
    assert [part.letter for part in navigation.sessions(root)[1].parts] == ["A", "B"]


def test_a_card_says_what_the_front_matter_says_or_else_the_first_sentence(root):
    own = write_page(root, 3, "A", "Part A — T", more='card: "*See* it: $x$."\n')
    write_book(root, {"Session 03": ["book/session01_x/part_a.md", own]})
    plain, chosen = [s.parts[0] for s in navigation.sessions(root)]
    assert plain.card == "One sentence here."
    assert chosen.card == "*See* it: $x$."


def test_the_list_of_parts_marks_the_current_one_and_links_the_others(root):
    session = navigation.session_of(root, "book/session01_x/part_c")
    here, there = "- **C · Deriving**", "- {doc}`A · Seeing it </book/session01_x/part_a>`"
    assert navigation.part_links(session, "book/session01_x/part_c") == f"{there}\n{here}"
    assert navigation.session_of(root, "book/notation") is None


def test_a_part_without_a_title_is_refused_by_name(root):
    (root / "book/session01_x/part_a.md").write_text(FRONT.format(session=1, part="A", more=""))
    with pytest.raises(ValueError, match=r"part_a\.md needs a title"):
        navigation.sessions(root)


@pytest.mark.parametrize(
    ("url", "edit"),
    [
        ("", ""),
        ("https://github.com/me/it", "https://github.com/me/it/edit/main/book/session01_x/part_a.md"),
        (
            "https://gitlab.org.net/me/it",
            "https://gitlab.org.net/me/it/-/edit/main/book/session01_x/part_a.md",
        ),
        ("https://codeberg.org/me/it", "https://codeberg.org/me/it/_edit/main/book/session01_x/part_a.md"),
        ("https://example.org/me/it", ""),  # a host whose way to edit is not known gets no button
        ("https://example.org/github/it", ""),
    ],
)
def test_edit_this_page_where_the_address_offers_it(root, url, edit):
    write_book(root, {}, url)
    assert navigation.edit_url(root, "book/session01_x/part_a") == edit


def test_buttons_open_the_right_notebook_and_the_right_source(root):
    write_book(root, {}, "https://github.com/me/it")
    page = "book/session01_x/part_a"
    assert [b["text"] for b in navigation.buttons(root, page)] == ["Edit"]  # there is no notebook yet
    notebook = root / "sessions/session01_x/part_a.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_text("{}")
    colab, edit = navigation.buttons(root, page)
    assert colab["url"].endswith("/github/me/it/blob/main/sessions/session01_x/part_a.ipynb")
    assert colab["url"].startswith("https://colab.research.google.com/")
    assert edit["url"].endswith(f"/{page}.md")
    assert navigation.buttons(root, "search") == []  # pages that Sphinx makes have no source


def test_without_an_address_there_is_no_button(root):
    assert navigation.buttons(root, "book/session01_x/part_a") == []


def test_every_part_of_the_book_is_in_exactly_one_session():
    listed = [part.docname for session in navigation.sessions(ROOT) for part in session.parts]
    written = {p.relative_to(ROOT).with_suffix("").as_posix() for p in ROOT.glob("book/session*/part_*.md")}
    assert len(listed) == len(set(listed))
    assert set(listed) == written
