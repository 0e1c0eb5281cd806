"""CSV files as data: columns, classes, gaps, and nothing learned from validation rows."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.data.datasets import as_target
from playground.data.errors import DataError
from playground.data.files import Files
from playground.data.prepare import facts, prepare
from playground.data.upload import describe
from playground.experiment.catalog import loss_class
from tests.playground.data.sources import run_source

CITIES, ANSWERS = ("Oslo", "Rome", "Rome"), ("no", "yes")
ROWS = [f"{20 + i},{CITIES[i % 3]},{1000 + 7 * i},{ANSWERS[i % 2]}" for i in range(40)]
PEOPLE = "\n".join(["age,city,income,bought", *ROWS, ""]).encode()


@pytest.fixture
def files():
    kept = Files()
    yield kept
    kept.close()


def data_of(files, raw, name="people.csv", **changes):
    """The data setting that an upload suggests, with `changes` to its CSV part, and how to find the file."""
    reply = describe(files.add("me", name, raw))
    data = reply.preset.data
    csv = data.csv.model_copy(update=changes)
    return data.model_copy(update={"csv": csv}), lambda sha256: files.get("me", sha256)


def test_numbers_stay_and_categories_become_columns_of_0_and_1(files):
    data, find = data_of(files, PEOPLE, standardize=False)
    made = prepare(data, find)

    assert made.facts.features == ["age", "income", "city = Oslo", "city = Rome"]
    assert set(made.x_train[:, 2]) == {0, 1}
    assert np.all(made.x_train[:, 2] + made.x_train[:, 3] == 1)
    assert made.facts.classes == ["no", "yes"]


def test_scaled_categories_are_shown_as_exactly_0_and_1(files):
    data, find = data_of(files, PEOPLE)
    made = prepare(data, find)

    assert set(made.rows(made.x_train)[:, 2]) == {0, 1}


def test_facts_announce_what_prepare_makes(files):
    data, find = data_of(files, PEOPLE)
    known, made = facts(data, find), prepare(data, find)

    assert made.facts == known
    assert len(made.x_train) == known.training_samples == 28
    assert made.x_train.shape[1:] == tuple(known.input_shape) == (4,)


def test_ignored_columns_are_absent(files):
    data, find = data_of(files, PEOPLE, ignored=("city",))

    assert facts(data, find).features == ["age", "income"]


def test_a_missing_number_becomes_the_median_of_the_training_rows_and_is_said(files):
    raw = b"a,y\n" + b"".join(b"%d,%d.5\n" % (i, i) for i in range(39)) + b",7.5\n"
    data, find = data_of(files, raw, standardize=False)
    made = prepare(data, find)
    known = np.concatenate([made.x_train, made.x_validation])[:, 0]
    gap = np.concatenate([made.y_train, made.y_validation])[:, 0] == 7.5
    others = made.x_train[:, 0][(made.y_train[:, 0] != 7.5) | (made.x_train[:, 0] == 7)]

    assert np.median(others) in known[gap]
    assert "'a': 1 missing" in made.notes[0]


def test_a_missing_category_is_a_category(files):
    raw = b"c,n,y\n" + b"red,1,1.5\n,2,2.5\nblue,3,2\n" * 10
    data, find = data_of(files, raw)

    assert "c = missing" in facts(data, find).features


def test_rows_without_a_target_are_left_out_and_said(files):
    raw = b"a,y\n" + b"1,0.5\n2,1.5\n3,\n4,2.5\n" * 5
    data, find = data_of(files, raw)
    made = prepare(data, find)

    assert len(made.x_train) + len(made.x_validation) == 15
    assert "5 rows are left out: 'y' is missing." in made.notes


def test_validation_rows_teach_neither_scaling_nor_medians_nor_categories(files):
    data, find = data_of(files, PEOPLE)
    clean = prepare(data, find)
    validation = set(np.round(clean.rows(clean.x_validation)[:, 0]).astype(int))
    header, *rows = (line.split(",") for line in PEOPLE.decode().splitlines())
    spoilt = [[row[0], "Atlantis", "1e9", row[3]] if int(row[0]) in validation else row for row in rows]
    other, find = data_of(files, "\n".join(map(",".join, [header, *spoilt])).encode())

    assert np.array_equal(prepare(other, find).x_train, clean.x_train)
    assert facts(other, find).features == clean.facts.features


def test_infinite_and_absurd_numbers_count_as_missing(files):
    raw = b"a,y\ninf,1.5\n1e400,2\n-inf,3\n5,4\n6,5\n1e300,6\n7,7\n8,8\n9,9\n4,10\n"
    data, find = data_of(files, raw)

    assert np.isfinite(prepare(data, find).x_train).all()
    assert "'a': 4 beyond ±1e30, replaced by the median of the training rows." in prepare(data, find).notes


@pytest.mark.parametrize(
    ("changes", "where", "words"),
    [
        ({"target": "colour"}, "data/csv/target", "no column 'colour'"),
        ({"task": "regression"}, "data/csv/task", "'bought' holds no numbers"),
        ({"ignored": ("age", "city", "income")}, "data/csv/ignored", "No column of people.csv is left"),
        ({"sha256": "0" * 64}, "data/csv", "people.csv"),
    ],
)
def test_what_cannot_be_learned_is_said_at_its_field(files, changes, where, words):
    data, find = data_of(files, PEOPLE, **changes)
    with pytest.raises(DataError) as raised:
        facts(data, find)

    assert raised.value.problem.where == where
    assert words in raised.value.problem.message


@pytest.mark.parametrize(("classes", "words"), [(150, "150 different values"), (1, "only one value")])
def test_a_target_of_too_many_classes_or_one_is_refused(files, classes, words):
    raw = b"a,y\n" + b"".join(b"%d,%d\n" % (i, i % classes) for i in range(150))
    data, find = data_of(files, raw, target="y", task="classification")

    with pytest.raises(DataError, match=f"'y' has {words}: classes are 2 to 100"):
        facts(data, find)


def test_a_table_too_wide_for_here_is_refused_before_it_is_made(files):
    header = ",".join(f"c{i}" for i in range(200)) + ",y\n"
    row = ",".join(["{0}"] * 200) + ",{1}\n"
    raw = header + "".join(row.format(f"v{i % 50}", i / 7) for i in range(100))
    data, find = data_of(files, raw.encode(), ignored=())

    with pytest.raises(DataError, match="4,096 features"):
        facts(data, find)


@pytest.mark.parametrize("standardize", [True, False])
@pytest.mark.parametrize("changes", [{}, {"target": "income", "task": "regression"}])
def test_the_text_of_a_script_makes_the_prepared_arrays(files, tmp_path, standardize, changes):
    data, find = data_of(files, PEOPLE, standardize=standardize, **changes)
    (tmp_path / "people.csv").write_bytes(PEOPLE)
    target = "real" if changes else "0/1"
    made, names = prepare(data, find), run_source(data, target, find, tmp_path)

    assert np.array_equal(names["x_train"], made.x_train)
    assert np.array_equal(names["y_validation"], as_target(made.y_validation, target))


HOSTILE = "'\"\\\n{}%;#]); import os"


def test_hostile_names_stay_literals(files, tmp_path):
    quoted = HOSTILE.replace('"', '""')
    raw = f'"{quoted}",b,"y{quoted}"\n' + "".join(f'{i},"{quoted}{i % 2}",k{i % 2}\n' for i in range(20))
    name = "a'b\"c.csv"
    target = {"target": f"y{HOSTILE}", "task": "classification"}
    data, find = data_of(files, raw.encode(), name=f"../../etc/{name}", **target)
    (tmp_path / name).write_bytes(raw.encode())
    made, names = prepare(data, find), run_source(data, "class index", find, tmp_path)

    assert np.array_equal(names["x_train"], made.x_train)


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=6)
CELL = TEXT | st.integers().map(str)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.lists(CELL, min_size=2, max_size=4), min_size=4, max_size=12), st.sampled_from(",;\t"))
def test_any_table_is_learned_from_or_refused_in_words(files, rows, separator):
    raw = "\n".join(separator.join(row) for row in rows).encode()
    try:
        data, find = data_of(files, raw)
        made = prepare(data, find)
    except DataError as error:
        assert error.problem.where.startswith("data/csv")
    else:
        assert np.isfinite(made.x_train).all()
        assert loss_class(describe(files.add("me", "x.csv", raw)).preset.loss.type)
