"""Literals evaluate to what they stand for, whatever it is."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.experiment.literals import literal
from playground.experiment.syntax import parse

FINITE = st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.text() | st.integers() | st.booleans() | st.none() | FINITE


@given(PLAIN | st.lists(PLAIN))
def test_a_literal_evaluates_to_its_value(value):
    assert ast.literal_eval(literal(value)) == value


@given(st.text())
def test_a_string_stays_one_constant_on_one_line(text):
    tree = parse(f"name = {literal(text)}")

    assert len(tree.body) == 1
    assert isinstance(tree.body[0].value, ast.Constant)
    assert "\n" not in literal(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("mean", '"mean"'), ("it's", '"it\'s"'), ('a"b', "'a\"b'"), (0.1, "0.1"), (["a", 1], '["a", 1]')],
)
def test_strings_stand_in_double_quotes_where_they_can(value, expected):
    assert literal(value) == expected
