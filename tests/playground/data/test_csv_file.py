"""Finding out how a CSV is written; refusing, in words, what is none."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.data.csv_file import read_options
from playground.data.errors import DataError

ROWS = b"1,2\n3,4\n5,6\n7,8.5\n"
NUMBERED = {"header": None, "names": ["column 1", "column 2"]}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"a,b\n" + ROWS, {}),
        ((b"a,b\n" + ROWS).replace(b",", b";"), {"sep": ";"}),
        ((b"a,b\n" + ROWS).replace(b",", b"\t"), {"sep": "\t"}),
        ((b"a,b\n" + ROWS).replace(b",", b"|"), {"sep": "|"}),
        ((b"a,b\n" + ROWS).replace(b"\n", b"\r\n"), {}),
        (b"\xef\xbb\xbfa,b\n" + ROWS, {"encoding": "utf-8-sig"}),
        ((b"a,b\n" + ROWS).decode().encode("utf-16"), {"encoding": "utf-16"}),
        ("größe,b\n".encode("cp1252") + ROWS, {"encoding": "cp1252"}),
        ("größe,b\n".encode() + ROWS, {}),
        (b"a;b\n1,5;2\n2,5;3\n3,5;4\n4,5;5\n", {"sep": ";", "decimal": ","}),
        (b"a,b\n?,2\n3,4\n5,6\n7,8\n", {"na_values": ["?"]}),
        (b"a, b\n1, 2\n3, 4\n5, 6\n7, 8\n", {"skipinitialspace": True}),
        (ROWS, NUMBERED),
        (b"5.1,setosa\n4.9,setosa\n6,virginica\n6.1,virginica\n", NUMBERED),
        (b"country,1999,2020\nIT,1,2\nDE,2,3\nFR,3,4\nES,4,5\n", {}),
        (b'a,"b, or c"\n' + ROWS, {}),
    ],
)
def test_only_what_differs_from_a_plain_csv_is_said(raw, expected):
    assert read_options(raw)[0] == expected


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b" \n\n  \n", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "not text"),
        (random.Random(1).randbytes(5_000), "not text"),
        (b"PK\x03\x04\x14\x00\x06\x00" + b"\x08" * 90, "not text"),
        (b"a,b\n1,\x00\n3,4\n5,6\n7,8\n", "not text"),
        (b"<!doctype html><p>a,b", "HTML"),
        (b'{"a": [1, 2]}', "JSON"),
        (b"a\n1\n2\n3\n4\n", "separator"),
        (b"a,b,c\n", "0 rows under the header"),
        (b"a,b\n1,2\n", "1 rows"),
        (b"a,b\n1,2,3\n4,5,6\n7,8,9\n1,2,3\n", "lines after it have not"),
        (b"a,b\n1,2,3\n4,5\n7,8\n1,2\n1,2\n", "lines after it have not"),
        (b",".join(b"c%d" % i for i in range(1_001)) + b"\n" + (b"1," * 1_000 + b"1\n") * 5, "1,001 columns"),
        (b"a," + b"x" * 300 + b"\n" + ROWS, "300 characters"),
        (b"a," + b"x" * 200_000 + b"\n" + ROWS, "separator"),
    ],
)
def test_what_is_no_table_is_refused_in_words(raw, words):
    with pytest.raises(DataError) as raised:
        read_options(raw)

    assert raised.value.problem.where == "data/csv"
    assert words in raised.value.problem.message


def test_rows_with_too_many_values_are_left_out_and_counted():
    options, notes = read_options(b"a,b\n1,2\n1,2,3\n3,4\n5,6\n1,2,3,4\n")

    assert options == {"on_bad_lines": "skip"}
    assert notes == ["2 rows are left out: more values than there are columns."]


def test_short_rows_are_counted():
    _, notes = read_options(b"a,b,c\n1,2,3\n1,2\n3,4,5\n5,6,7\n")

    assert notes == ["1 row is shorter than the header: what is not there counts as missing."]


def test_repeated_names_are_said():
    _, notes = read_options(b"a,a,b\n1,2,3\n3,4,5\n5,6,7\n5,6,8\n")

    assert "'a' comes more than once" in notes[0]


def test_more_rows_than_are_possible_are_cut_and_said():
    options, notes = read_options(b"a,b\n" + b"1,2\n" * 100_001)

    assert options["nrows"] == 100_000
    assert "first 100,000 of 100,001 rows" in notes[0]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_words(raw):
    try:
        options, _ = read_options(raw)
    except DataError as error:
        assert error.problem.message
    else:
        assert "sep" in options or b"," in raw or options.get("encoding") == "utf-16"
