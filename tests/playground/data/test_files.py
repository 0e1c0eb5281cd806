"""Uploaded files: each session's own, few, bounded, and gone at the end."""

import hashlib

import pytest

from playground.data import files as module
from playground.data.errors import DataError
from playground.data.files import Files


@pytest.fixture
def files():
    kept = Files(max_bytes=1_000, total_bytes=2_000)
    yield kept
    kept.close()


def test_a_file_is_found_by_its_content(files):
    stored = files.add("ann", "a.csv", b"x,y")

    assert stored.sha256 == hashlib.sha256(b"x,y").hexdigest()
    assert (stored.name, stored.size) == ("a.csv", 3)
    assert files.get("ann", stored.sha256).read_bytes() == b"x,y"


def test_a_session_does_not_see_another_ones_file(files):
    stored = files.add("ann", "a.csv", b"x,y")

    assert files.get("bob", stored.sha256) is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\x\\y.csv", "y.csv"), ("a/", "data.csv"), ("", "data.csv")],
)
def test_a_name_loses_its_folders(files, given, kept):
    assert files.add("ann", given, b"x,y").name == kept


def test_a_file_that_is_too_large_is_refused_with_both_sizes():
    kept = Files()
    with pytest.raises(DataError, match=r"20\.0 MB; at most 20 MB"):
        kept.add("ann", "a.csv", bytes(20_000_001))
    kept.close()


def test_the_oldest_of_a_session_goes_first_and_use_keeps_it(files, monkeypatch):
    monkeypatch.setattr(module, "FILES_PER_OWNER", 2)
    first, second = files.add("ann", "1.csv", b"1"), files.add("ann", "2.csv", b"2")
    files.get("ann", first.sha256)
    files.add("ann", "3.csv", b"3")

    assert files.get("ann", first.sha256) is not None
    assert files.get("ann", second.sha256) is None
    assert not second.path.exists()


def test_all_sessions_together_stay_within_the_bound(files):
    stored = [files.add(f"owner {i}", "a.csv", bytes([i]) * 900) for i in range(4)]

    found = [files.get(f"owner {i}", s.sha256) is not None for i, s in enumerate(stored)]
    assert found == [False, False, True, True]
    assert sum(s.path.exists() for s in stored) == 2


def test_the_same_content_of_two_sessions_stays_until_both_are_gone(files, monkeypatch):
    monkeypatch.setattr(module, "FILES_PER_OWNER", 1)
    stored = files.add("ann", "a.csv", b"same")
    files.add("bob", "b.csv", b"same")
    files.add("ann", "c.csv", b"other")

    assert files.get("ann", stored.sha256) is None
    assert files.get("bob", stored.sha256).read_bytes() == b"same"


def test_closing_removes_everything(files):
    stored = files.add("ann", "a.csv", b"x,y")
    files.close()

    assert not stored.path.exists()
    assert files.get("ann", stored.sha256) is None
