"""What a person did during a run is replayed where it can be, else named with its step."""

from playground.export.byhand import by_hand
from playground.training.log import Deed


def test_nothing_done_leaves_the_script_equal_to_the_end() -> None:
    assert by_hand([]).equal_until is None


def test_learning_rates_are_replayed_at_their_steps() -> None:
    done = by_hand([Deed(5, "set_lr", 0.1), Deed(9, "set_lr", 0.01)])

    assert done.learning_rates == ((5, 0.1), (9, 0.01))
    assert done.equal_until is None


def test_the_last_of_two_learning_rates_at_one_step_counts() -> None:
    assert by_hand([Deed(5, "set_lr", 0.1), Deed(5, "set_lr", 0.2)]).learning_rates == ((5, 0.2),)


def test_weights_and_silent_units_are_replayed_at_their_steps() -> None:
    done = by_hand(
        [
            Deed(2, "edit", 0.5, "0.weight", (1, 0)),
            Deed(2, "edit", 0.7, "0.weight", (1, 0)),
            Deed(2, "edit", 1.0, "0.bias", (3,)),
            Deed(4, "mute", None, "1", (5,)),
            Deed(6, "mute", None, "1", (2,)),
            Deed(6, "unmute", None, "1", (5,)),
        ]
    )

    assert done.edits == ((2, (("0.weight", (1, 0), 0.7), ("0.bias", (3,), 1.0))),)
    assert done.silent == ((4, ((1, (5,)),)), (6, ((1, (2,)),)))
    assert done.equal_until is None
    said = [note.partition(" after")[0] for note in done.notes]
    assert said == ["A weight was set by hand", "Units were muted"]


def test_what_is_done_after_the_equality_has_ended_is_named_and_not_replayed() -> None:
    later = [Deed(2, "edit", 0.5, "0.bias", (0,)), Deed(3, "mute", None, "0", (1,))]

    done = by_hand([Deed(1, "phases"), *later])

    assert (done.edits, done.silent, done.equal_until) == ((), (), 1)
    assert ["later still" in note for note in done.notes] == [False, True, True]


def test_phases_in_another_order_end_the_equality_and_are_named() -> None:
    done = by_hand([Deed(7, "phases"), Deed(12, "restore", 0)])

    assert done.equal_until == 7
    assert "step 7" in done.notes[0]
    assert "step 12" in done.notes[1]


def test_a_learning_rate_after_the_equality_has_ended_is_named_and_not_replayed() -> None:
    done = by_hand([Deed(7, "phases"), Deed(9, "set_lr", 0.5)])

    assert done.learning_rates == ()
    assert "step 9" in done.notes[1]


def test_what_was_done_a_thousand_times_is_said_in_one_sentence() -> None:
    done = by_hand([Deed(step, "phases") for step in range(3, 1003)])

    assert done.notes == (
        "Phases of a step were run in another order after step 3 and 999 times more. The script does not.",
    )
