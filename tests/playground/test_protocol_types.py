"""The browser's types are the server's models."""

from pathlib import Path

from playground.protocol.typescript import generate

TYPES = Path(__file__).parents[2] / "static" / "src" / "lib" / "protocol.ts"


def test_the_browsers_types_are_those_of_the_models() -> None:
    assert TYPES.read_text(encoding="utf-8") == generate(), (
        "the models changed: run `python -m playground.protocol.typescript` and commit protocol.ts"
    )


def test_requests_may_leave_defaults_out_and_replies_never_do() -> None:
    text = generate()

    assert "steps_per_second?: number | null;" in text
    assert "  default_speed: number;" in text


def test_arrays_arrive_as_bytes_and_commands_are_told_apart_by_do() -> None:
    text = generate()

    assert "blob: ArrayBuffer;" in text
    assert "export type AnyCommand = Command | PhaseCommand | LearningRateCommand | SpeedCommand |" in text
