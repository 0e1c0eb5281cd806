"""Advice is given once several looks have found it, and taken back once several have not."""

from playground.advice.advise import CURED, SURE, Patience
from playground.protocol.replies import Advice


def advice(rule: str = "dead ReLUs", title: str = "ReLU 1") -> Advice:
    return Advice(rule=rule, where="", layer="row-1", title=title, reason="", source="", link="", fix=None)


def looks(patience: Patience, *found: bool, first: int = 1, going: bool = True) -> list[bool]:
    """Whether anything is said after each look."""
    return [
        bool(patience.hear([advice()] if is_found else [], step, going))
        for step, is_found in enumerate(found, first)
    ]


def test_one_look_is_not_enough_while_a_run_is_going() -> None:
    assert looks(Patience(), *[True] * 3) == [step >= SURE for step in (1, 2, 3)]


def test_what_comes_and_goes_is_not_said() -> None:
    assert not any(looks(Patience(), *[True, False] * 5))


def test_what_is_said_stays_over_a_look_that_misses_it() -> None:
    patience = Patience()
    looks(patience, *[True] * SURE)

    assert all(looks(patience, False, True, False, True, first=SURE + 1))


def test_what_is_cured_leaves_and_has_to_be_found_anew() -> None:
    patience = Patience()
    looks(patience, *[True] * SURE)

    assert looks(patience, *[False] * CURED, True, first=SURE + 1) == [True] * (CURED - 1) + [False] * 2


def test_a_run_that_stands_still_is_judged_as_it_is() -> None:
    patience = Patience()

    assert looks(patience, True, False, going=False) == [True, False]


def test_a_run_that_went_back_is_judged_anew() -> None:
    patience = Patience()
    looks(patience, *[True] * SURE, first=100)

    assert looks(patience, True, first=50) == [False]


def test_the_newest_words_are_said() -> None:
    patience = Patience()
    patience.hear([advice(title="before")], 1, going=True)

    assert [said.title for said in patience.hear([advice(title="now")], 2, going=True)] == ["now"]
