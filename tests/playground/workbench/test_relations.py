"""What a card says about memory: a view of which name, a copy of which, or the very same tensor."""

from playground.workbench.cards import cards
from playground.workbench.program import Bounds, Program

BOUNDS = Bounds(1_000_000, 4_000_000, 1_000_000, 5.0)


def relations(code: str) -> dict[str, tuple[str | None, str | None]]:
    shown = cards(Program(code, BOUNDS).start(), {})
    return {card.name: (card.base, card.relation) for card in shown}


def test_a_copy_of_a_view_without_a_name_is_a_copy_of_the_name_behind_it() -> None:
    found = relations(
        "t = torch.arange(12.).view(3, 4)\n"
        "view = t.reshape(12)\n"
        "copy = t.permute(1, 0).contiguous()\n"
        "reshaped = t.T.reshape(12)\n"
        "same = t.contiguous()\n"
    )

    assert found["view"] == ("t", "view of")
    assert found["copy"] == ("t", "copy of")
    assert found["reshaped"] == ("t", "copy of")
    assert found["same"] == ("t", "same as")
