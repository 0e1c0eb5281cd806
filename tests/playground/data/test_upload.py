"""What an upload suggests: a target, a task, columns to leave out, an experiment that can be played."""

import pytest

from playground.data.files import Files
from playground.data.upload import describe
from playground.experiment.check import check
from playground.settings import Limits


@pytest.fixture
def files():
    kept = Files()
    yield kept
    kept.close()


def described(files, text):
    return describe(files.add("me", "my.csv", text.encode()))


def rows(*columns, n=40):
    """CSV text: each column a name and a function of the row number."""
    lines = [",".join(name for name, _ in columns)]
    lines += [",".join(str(make(i)) for _, make in columns) for i in range(n)]
    return "\n".join(lines)


def test_columns_are_described(files):
    reply = described(files, "a,b\n1,x\n,y\n3,x\n2.5,\n")

    assert [(c.name, c.kind, c.missing, c.distinct, c.example) for c in reply.columns] == [
        ("a", "number", 1, 3, "1.0"),
        ("b", "category", 1, 2, "x"),
    ]
    assert (reply.name, reply.rows) == ("my.csv", 4)


@pytest.mark.parametrize(
    ("text", "target", "task"),
    [
        (rows(("a", lambda i: i / 3), ("b", lambda i: "xy"[i % 2])), "b", "classification"),
        (rows(("species", lambda i: "xy"[i % 2]), ("a", lambda i: i / 3)), "species", "classification"),
        (rows(("a", lambda i: i / 3), ("b", lambda i: i % 3)), "b", "classification"),
        (rows(("a", lambda i: i % 3), ("b", lambda i: i / 7)), "b", "regression"),
        (rows(("a", lambda i: i % 3), ("b", lambda i: i * i)), "b", "regression"),
        (rows(("Price", lambda i: i * 1000), ("b", lambda i: i / 7)), "Price", "regression"),
        (rows(("a", lambda i: i / 3), ("b", lambda i: i % 2), ("flat", lambda i: 1)), "b", "classification"),
    ],
)
def test_a_target_and_its_task_are_suggested(files, text, target, task):
    reply = described(files, text)

    assert (reply.target, reply.task) == (target, task)


@pytest.mark.parametrize(
    ("name", "make", "why"),
    [
        ("flat", lambda i: 7, "never changes"),
        ("person", lambda i: f"person {i}", "a value of its own"),
        ("id", lambda i: 1000 + i, "numbers the rows"),
    ],
)
def test_columns_that_cannot_help_are_left_out_at_first_and_said(files, name, make, why):
    reply = described(files, rows((name, make), ("a", lambda i: i % 5), ("y", lambda i: i / 7)))

    assert reply.preset.data.csv.ignored == (name,)
    assert any(f"'{name}' is left out" in note and why in note for note in reply.notes)


@pytest.mark.parametrize(
    "text",
    [
        rows(("a", lambda i: i / 3), ("b", lambda i: "xyz"[i % 3])),
        rows(("a", lambda i: i % 3), ("b", lambda i: i / 7)),
        rows(("a", lambda i: i / 3), ("b", lambda i: i % 2), n=5_000),
    ],
)
def test_the_suggested_experiment_can_be_played(files, text):
    reply = described(files, text)
    found = check(reply.preset, lambda sha256: files.get("me", sha256), Limits())

    assert found.problems == []
    assert found.can_play


@pytest.mark.parametrize("count", [40, 3_000, 100_000])
def test_the_suggested_run_is_short_enough_to_be_watched_to_its_end(files, count):
    preset = described(files, rows(("a", lambda i: i % 5), ("y", lambda i: i / 7), n=count)).preset
    batches = -(-count * (1 - preset.data.validation_share) // preset.data.batch_size)

    assert preset.training.epochs * batches <= 20_000
