"""The worker's end: one question about one program, answered as JSON. Nothing is kept between questions."""

import gc
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from playground.protocol import tensor_requests as asked
from playground.protocol.tensors import Call, TensorsReply
from playground.workbench.cards import cards
from playground.workbench.clock import die_after
from playground.workbench.errors import NotThereError
from playground.workbench.explain.answer import explain
from playground.workbench.fit import fits
from playground.workbench.gradcheck import check
from playground.workbench.palette import palette
from playground.workbench.program import Bounds, Program
from playground.workbench.script import script
from playground.workbench.table import csv
from playground.workbench.tape.tell import tell
from playground.workbench.tape.vjp import derivative

if TYPE_CHECKING:
    from playground.jobs.channel import Channel

MOST_BYTES = 300_000
"""Of one reply: calls that would make it longer are left out, the oldest first."""


def answer(payload: Mapping[str, Any], channel: "Channel") -> dict[str, str]:
    """Job `tensors`: a request and its bounds, to an `answer` as JSON or why it is `refused`.

    The process dies where one op takes more of the processor's time than it may.
    """
    bounds = Bounds(**payload["bounds"])
    die_after(payload["alarm"])
    gc.disable()  # a program makes few cycles, and looking for them takes longer than running it
    try:
        return {"answer": ANSWERS[payload["ask"]](payload["request"], bounds)}
    except NotThereError as error:
        return {"refused": str(error)}
    except RecursionError:
        return {"refused": "Something in the program is nested too deeply to be shown."}
    finally:
        gc.enable()
        die_after(0.0)


def run(request: str, bounds: Bounds) -> str:
    """The whole picture of a program."""
    began = time.perf_counter()
    wanted = asked.TensorsRequest.model_validate_json(request)
    program = Program(wanted.code, bounds).start()
    calls = [call.told() for call in program.trace.calls]
    tape = program.tapes.shown()
    notes = []
    if program.trace.count > len(calls):
        notes.append(f"The newest {len(calls)} of {program.trace.count:,} calls are shown.")
    reply = TensorsReply.model_construct(
        tensors=cards(program, wanted.windows),
        calls=calls,
        tape=None if tape is None else tell(tape, program.lines),
        output=program.output(),
        problems=program.problems,
        script=script(program),
        gradcheck=None if wanted.gradcheck is None else check(wanted.code, wanted.gradcheck, bounds),
        notes=notes,
        seconds=time.perf_counter() - began,
    )
    return _bounded(reply)


def _bounded(reply: TensorsReply) -> str:
    """As JSON, without the oldest calls where it would be too long."""
    text = reply.model_dump_json()
    while len(text) > MOST_BYTES and reply.calls:
        kept: list[Call] = reply.calls[len(reply.calls) // 2 + 1 :]
        reply.notes = [f"The newest {len(kept)} calls are shown."]
        reply.calls = kept
        text = reply.model_dump_json()
    return text


def explained(request: str, bounds: Bounds) -> str:
    """Where one element comes from."""
    return explain(asked.ExplainRequest.model_validate_json(request), bounds).model_dump_json()


def differentiated(request: str, bounds: Bounds) -> str:
    """The derivative of one node."""
    wanted = asked.VjpRequest.model_validate_json(request)
    return derivative(Program(wanted.code, bounds).start(), wanted.node).model_dump_json()


def fitted(request: str, bounds: Bounds) -> str:
    """Which ops take some tensors."""
    wanted = asked.FitRequest.model_validate_json(request)
    return fits(Program(wanted.code, bounds).start(), wanted.names, bounds).model_dump_json()


def tabled(request: str, bounds: Bounds) -> str:
    """Two tensors as a CSV."""
    wanted = asked.UseAsDataRequest.model_validate_json(request)
    return csv(Program(wanted.code, bounds).start(), wanted.x, wanted.y)


def listed(request: str, bounds: Bounds) -> str:
    """The palette."""
    return palette().model_dump_json()


ANSWERS: Mapping[str, Callable[[str, Bounds], str]] = {
    "run": run, "explain": explained, "vjp": differentiated, "fit": fitted, "data": tabled, "ops": listed,
}  # fmt: skip
"""What can be asked."""
