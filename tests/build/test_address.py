"""The public address: one place names it, everything else follows."""

import pytest

from neuropath.publish import address

GOAL = "https://github.com/me/course"


@pytest.mark.parametrize(
    "url",
    [
        "git@github.com:me/course.git",
        "ssh://git@github.com/me/course.git",
        "https://github.com/me/course.git",
        "https://token:secret@github.com/me/course",
        "https://github.com/me/course/\n",
    ],
)
def test_every_form_of_a_remote_becomes_the_public_address(url):
    assert address.normalise(url) == GOAL


@pytest.mark.parametrize(
    ("url", "goal"),
    [
        ("ssh://git@github.com:22/me/course.git", GOAL),  # a port of ssh is no port of the web
        ("ssh://github.com/me/course", GOAL),
        ("https://git.example.org:8443/me/course.git", "https://git.example.org:8443/me/course"),
        ("git@gitlab.com:group/sub/course.git", "https://gitlab.com/group/sub/course"),
        ("git@github.com:me/course.github.io.git", "https://github.com/me/course.github.io"),
    ],
)
def test_ports_and_groups(url, goal):
    assert address.normalise(url) == goal


@pytest.mark.parametrize(
    "url",
    [
        *("", "course", "file:///tmp/course", "C:\\course"),
        *("https://github.com/me", "git@github.com:course.git", 'https://github.com/me/"', "https://h/a/b c"),
        *("https://github.com/me/course?tab=readme", "https://github.com/me/co\\1"),
    ],
)
def test_what_is_no_address_is_refused_with_an_example(url):
    with pytest.raises(ValueError, match="should look like https://github"):
        address.normalise(url)


def write(root, url):
    (root / "_config.yml").write_text(f'title: x\nrepository:\n  url: "{url}"\n  branch: main\n')


def test_colab_link_exists_only_for_a_known_address(tmp_path):
    write(tmp_path, "")
    assert address.colab_url(tmp_path, "sessions/a.ipynb") == ""
    write(tmp_path, GOAL)
    link = "https://colab.research.google.com/github/me/course/blob/main/sessions/a.ipynb"
    assert address.colab_url(tmp_path, "sessions/a.ipynb") == link


def test_publish_url_writes_config_and_readme(tmp_path, monkeypatch):
    from neuropath.publish import sync

    write(tmp_path, "")
    (tmp_path / "README.md").write_text("before <!-- colab:start -->old<!-- colab:end --> after")
    monkeypatch.setattr(sync, "main", lambda root, check: 0)
    assert address.main(tmp_path, "git@github.com:me/course.git") == 0
    assert address.repository(tmp_path)["url"] == GOAL
    assert "Open Session 01 in Colab](https://colab.research.google.com/github/me/course" in (
        (tmp_path / "README.md").read_text()
    )


def test_without_a_remote_it_says_what_to_do(tmp_path):
    write(tmp_path, "")
    with pytest.raises(ValueError, match=r"no git remote 'origin'.*publish-url https://github.com/NAME"):
        address.main(tmp_path)
