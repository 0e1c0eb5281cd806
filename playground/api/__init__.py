"""What every route shares: reading a body, answering, refusing. Every 4xx and 5xx is an `ErrorReply`."""

import logging
from typing import NoReturn, TypeVar

from flask import Flask, Response, request
from pydantic import BaseModel, TypeAdapter, ValidationError
from werkzeug.exceptions import HTTPException

from playground.protocol.replies import ErrorReply, Problem
from playground.protocol.wording import in_words

T = TypeVar("T")

log = logging.getLogger(__name__)


class RefusedError(Exception):
    """Ends a request with `status` and the problems that caused it."""

    def __init__(self, status: int, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.status = status
        self.problems = problems


def refuse(status: int, message: str, where: str = "", fix: str | None = None) -> NoReturn:
    """End this request with one problem."""
    raise RefusedError(status, [Problem(where=where, message=message, fix=fix)])


def reply(model: BaseModel, status: int = 200) -> Response:
    """A JSON answer; NaN and infinities become null, which every JSON parser reads."""
    return Response(model.model_dump_json(), status, mimetype="application/json")


def body(model: type[T] | TypeAdapter[T]) -> T:
    """The request's JSON as `model`.

    Refuses with 415 (no JSON content type), 400 (no JSON) or 422 (a problem at each wrong field).
    """
    if request.mimetype != "application/json":
        refuse(415, f"the body must be application/json, and came as {request.mimetype or 'nothing named'}")
    adapter: TypeAdapter[T] = model if isinstance(model, TypeAdapter) else TypeAdapter(model)
    try:
        return adapter.validate_json(request.get_data())
    except ValidationError as error:
        kinds = {detail["type"] for detail in error.errors(include_url=False, include_input=False)}
        raise RefusedError(400 if "json_invalid" in kinds else 422, in_words(error)) from None


def register_errors(app: Flask) -> None:
    """Make every failure an `ErrorReply`; what is our own fault is logged and not shown."""

    @app.errorhandler(RefusedError)
    def refused(error: RefusedError) -> Response:
        return reply(ErrorReply(problems=error.problems), error.status)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response | HTTPException:
        if error.code is None or error.code < 400:
            return error
        problem = Problem(where="", message=f"{request.method} {request.path}: {error.name}")
        answer = reply(ErrorReply(problems=[problem]), error.code)
        for name, value in error.get_headers():
            if name.lower() in ("allow", "retry-after"):
                answer.headers[name] = value
        return answer

    @app.errorhandler(Exception)
    def own_fault(error: Exception) -> Response:
        log.exception("%s %s failed", request.method, request.path)
        problem = Problem(
            where="", message="The server failed on this request; what happened is in its log."
        )
        return reply(ErrorReply(problems=[problem]), 500)
