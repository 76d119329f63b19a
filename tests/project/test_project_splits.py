"""Splits by patient, by slice, by fold; tables of patients; and the refusal to guess."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from project_trees import make_class, make_tree

from neuropath.project.data_loader import DataError, MRIDataLoader
from neuropath.project.report import Report
from neuropath.project.splits import PARTS, Split, by_fold, by_group, by_slice, missing


def load(source, **options):
    return MRIDataLoader(source, **{"size": 16, "cache": None, "progress": False} | options).load()


@given(
    classes=st.integers(2, 17),
    patients=st.integers(1, 80),
    slices=st.integers(1, 9),
    seed=st.integers(0, 99),
)
def test_no_group_is_in_two_parts_and_no_image_is_lost(classes, patients, slices, seed):
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, patients, patients * slices)
    labels = rng.integers(0, classes, len(groups))
    split = by_group(labels, groups, seed=seed)
    members = [set(groups[split[part]]) for part in PARTS]
    assert len(members[0] | members[1] | members[2]) == sum(map(len, members))
    together = np.sort(np.concatenate([split[part] for part in PARTS]))
    np.testing.assert_array_equal(together, np.arange(len(labels)))
    assert set(labels[split.train]) == set(labels) or len(set(groups)) < 2 * classes


def test_groups_are_cut_near_seventy_fifteen_fifteen_in_every_class():
    rng = np.random.default_rng(0)
    patient_class = rng.choice(17, 440, p=np.linspace(1, 5, 17) / np.linspace(1, 5, 17).sum())
    groups = np.repeat(np.arange(440), rng.integers(3, 9, 440))
    labels = patient_class[groups]
    split = by_group(labels, groups)
    for label in range(17):
        shares = [np.mean(np.isin(np.flatnonzero(labels == label), split[part])) for part in PARTS]
        np.testing.assert_allclose(shares, (0.7, 0.15, 0.15), atol=0.1)


def test_splits_repeat_with_their_seed_and_differ_without():
    labels, groups = np.repeat([0, 1], 60), np.arange(120) // 4
    for split in (lambda s: by_group(labels, groups, seed=s), lambda s: by_slice(labels, seed=s)):
        np.testing.assert_array_equal(split(1).test, split(1).test)
        assert not np.array_equal(split(1).test, split(2).test)


@given(counts=st.lists(st.integers(3, 60), min_size=1, max_size=17), seed=st.integers(0, 99))
def test_slices_are_stratified(counts, seed):
    labels = np.repeat(np.arange(len(counts)), counts)
    split = by_slice(labels, seed=seed)
    for label, n in enumerate(counts):
        held = [np.sum(labels[split[part]] == label) for part in ("val", "test")]
        assert held == [max(1, round(0.15 * n))] * 2
        assert np.sum(labels[split.train] == label) == n - sum(held)


def test_a_class_too_small_for_three_parts_is_trained_on_and_noted():
    report = Report()
    labels = np.array([0] * 20 + [1, 1])
    split = by_slice(labels)
    missing(split, labels, ("a", "b"), report)
    assert {20, 21} <= set(split.train)
    assert "b: none in val and test" in str(report)


def test_folds_are_held_out_whole():
    folds = np.arange(50) % 5 + 1
    split = by_fold(folds, test=3, val=4)
    assert set(folds[split.test]) == {3}
    assert set(folds[split.val]) == {4}
    assert set(folds[split.train]) == {1, 2, 5}
    with pytest.raises(ValueError, match="expected two different folds"):
        by_fold(folds, test=3, val=3)


@pytest.mark.parametrize("fractions", [(0.5, 0.5), (0.7, 0.2, 0.2), (0, 0.5, 0.5), (1.2, -0.1, -0.1)])
def test_fractions_are_checked(fractions):
    with pytest.raises(ValueError, match="expected three fractions"):
        by_slice(np.zeros(9, int), fractions=fractions)


def test_a_split_with_an_image_in_two_parts_cannot_be_made():
    with pytest.raises(ValueError, match="in two of them"):
        Split(np.arange(5), np.arange(4, 6), np.arange(6, 8), "by hand")


def test_without_patients_a_set_is_refused(tmp_path):
    root = make_tree(tmp_path, {"a": 9, "b": 9})
    with pytest.raises(DataError, match="no patient ids") as caught:
        load(root)
    assert "split='slice'" in str(caught.value)
    assert "groups=FILE" in str(caught.value)
    with pytest.raises(DataError, match="no published folds"):
        load(root, split="fold")


@pytest.fixture
def tree(tmp_path):
    return make_tree(tmp_path / "set", {"a": 24, "b": 24})


def write_table(path, rows, header="file,patient"):
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


def rows_of(tree, line="{file},{patient}"):
    return [line.format(file=f"{c}/{i:03}.png", patient=f"p{c}{i // 4}") for c in "ab" for i in range(24)]


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("file,patient", "{file},{patient}"),
        ("Image;Note;Patient_ID", "{file};x;{patient}"),
        ("\ufeffgroup,path", "{patient},./{file}"),
    ],
)
def test_a_table_of_patients_is_kept_to(tree, tmp_path, header, line):
    table = write_table(
        tmp_path / "who.csv", [*rows_of(tree, line), line.format(file="c/9.png", patient="q")], header
    )
    data = load(tree, groups=table)
    assert len(np.unique(data.groups)) == 12
    assert data.groups[data.files.index("b/005.png")] == "pb1"
    assert not set(data.groups[data.rows("train")]) & set(data.groups[data.rows("test")])
    assert "by patient (12 groups)" in data.split.how


def test_the_table_beside_the_data_is_found_and_said(tree):
    write_table(tree / "patients.csv", rows_of(tree))
    data = load(tree)
    assert len(np.unique(data.groups)) == 12
    assert "patients taken from patients.csv" in str(data.report)


def test_the_phantom_s_tree_with_its_masks_and_table(tree, tmp_path):
    out = tmp_path / "phantom"
    out.mkdir()
    tree.rename(out / "images")
    make_tree(out / "masks", {"a": 24, "b": 24})
    write_table(out / "patients.csv", rows_of(out / "images"))
    data = load(out)
    assert data.counts == {"a": 24, "b": 24}
    assert len(np.unique(data.groups)) == 12


def test_bare_names_count_only_where_they_are_unique(tmp_path):
    root = make_tree(tmp_path / "set", {"a": 9})
    for k, image in enumerate(sorted(make_class(tmp_path / "other", 9, seed=500).iterdir())):
        (root / "b").mkdir(exist_ok=True)
        image.rename(root / "b" / f"b{k}.png")
    bare = [f"{i:03}.png,p{i // 3}" for i in range(9)] + [f"b{i}.png,q{i // 3}" for i in range(9)]
    assert len(np.unique(load(root, groups=write_table(tmp_path / "t.csv", bare)).groups)) == 6
    (root / "b" / "000.png").write_bytes((root / "b" / "b0.png").read_bytes())
    with pytest.raises(DataError, match="image without a patient") as caught:
        load(root, groups=tmp_path / "t.csv")
    assert "a/000.png" in str(caught.value)
    assert "b/000.png" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("file,age\na/000.png,7", "table of patients without its columns"),
        ("", "table of patients without its columns"),
        ("file,patient\na/000.png,p1\na/000.png,p2", "one file given to several patients"),
        ("file,patient\na/000.png,", "image without a patient in the table (48)"),
    ],
)
def test_tables_that_do_not_do(tree, tmp_path, text, words):
    table = tmp_path / "who.csv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load(tree, groups=table)
    assert words in str(caught.value)
    assert "no patient ids" not in str(caught.value)


def test_a_table_that_cannot_be_read(tree, tmp_path):
    (tmp_path / "who.csv").write_bytes("file,patient\na/000.png,Müller".encode("latin-1"))
    for table in ("who.csv", "absent.csv"):
        with pytest.raises(DataError, match="unreadable table of patients"):
            load(tree, groups=tmp_path / table)


def test_with_two_patients_in_a_class_the_report_says_what_is_missing(tree, tmp_path):
    rows = [f"{c}/{i:03}.png,{c}{i // 12}" for c in "ab" for i in range(24)]
    data = load(tree, groups=write_table(tmp_path / "who.csv", rows))
    assert data.report.count("note", "no image in val") == 1
    assert set(data.labels[data.rows("train")]) == set(data.labels[data.rows("test")]) == {0, 1}


def test_one_patient_alone_cannot_be_split(tree, tmp_path):
    rows = [f"{c}/{i:03}.png,the only one" for c in "ab" for i in range(24)]
    with pytest.raises(DataError, match="no image in test"):
        load(tree, groups=write_table(tmp_path / "who.csv", rows))
