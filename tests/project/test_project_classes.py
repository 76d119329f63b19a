"""The classes in words: complete, hedged, with sources, and found under any spelling of their names."""

import re
import unicodedata

import pytest

from neuropath.project.classes import (
    CLASSES,
    DESCRIPTIONS,
    DISCLAIMER,
    FINDINGS,
    FOLDERS,
    SHORT_NAMES,
    SUPPORTS,
    about,
    label_of,
)
from neuropath.project.references import REFERENCES


def test_the_reference_s_order_names_and_supports():
    assert len(FOLDERS) == len(SHORT_NAMES) == 17
    assert sum(SUPPORTS) == 663
    assert (
        FOLDERS[1] == "Glioma (Astrocitoma, Ganglioglioma, Glioblastoma, Oligodendroglioma, Ependimoma) T1C+"
    )
    assert FOLDERS[6:8] == ("NORMAL T1", "NORMAL T2")
    assert SHORT_NAMES[13] == "Other lesions T2"
    assert SUPPORTS[13] == 9


def test_every_class_is_described_and_nothing_else_is():
    assert set(DESCRIPTIONS) == {c.pathology for c in CLASSES}
    assert set(FINDINGS) == {(c.pathology, c.sequence) for c in CLASSES}


@pytest.mark.parametrize("label", range(17))
def test_words_have_sources_and_the_disclaimer(label):
    it = about(label)
    assert it.name == SHORT_NAMES[label]
    assert it.sources
    assert len(it.description) > 80
    assert len(it.findings) > 60
    assert it.disclaimer == DISCLAIMER


HEDGES = re.compile(
    r"\b(often|usual\w*|mostly|typical\w*|common\w*|may|some|sometimes|variable|both halves)\b",
    re.I,
)


@pytest.mark.parametrize("key", FINDINGS, ids="-".join)
def test_findings_are_hedged_and_no_verdict(key):
    words, _ = FINDINGS[key]
    assert HEDGES.search(words), f"{key} states as certain: {words}"
    assert not re.search(r"\b(proves?|always|never|diagnos\w+|pathognomonic|you have)\b", words, re.I)


def test_every_reference_is_used_and_every_key_exists():
    used = {key for _, keys in (*DESCRIPTIONS.values(), *FINDINGS.values()) for key in keys}
    assert used == set(REFERENCES)
    assert all(re.search(r"\b(19|20)\d\d\b", text) for text in REFERENCES.values())


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKD"])
def test_names_are_found_in_every_form_of_their_accents(form):
    assert [label_of(unicodedata.normalize(form, name)) for name in FOLDERS] == list(range(17))


def test_names_are_found_without_accents_in_other_case_and_spacing():
    assert label_of("meningioma (de baixo grau, atipico,  anaplasico, transicional) t2") == 5
    assert label_of("schwannoma T1C+") == 15
    assert label_of("Schwannoma T1C") is None
    assert about("normal t1").folder == "NORMAL T1"


@pytest.mark.parametrize("wrong", [17, -1, "pituitary"])
def test_what_is_no_class_is_refused(wrong):
    with pytest.raises(KeyError, match="expected a label 0–16"):
        about(wrong)
