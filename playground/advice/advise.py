"""All that the rules have to say, and when they say it."""

from collections.abc import Iterable
from dataclasses import dataclass

from playground.advice.course import Course
from playground.advice.plan import plan_of_check
from playground.advice.rules import COURSE_RULES, PLAN_RULES, SAMPLES_RULES
from playground.advice.samples import Samples
from playground.protocol.replies import Advice, CheckReply

SURE = 2
"""Looks in a row that find the same before it is said."""

CURED = 3
"""Looks in a row that no longer find it before it is taken back."""


def advised(check: CheckReply) -> CheckReply:
    """The check with its advice; what it takes is a walk over the stack."""
    plan = plan_of_check(check)
    return check.model_copy(update={"advice": [said for rule in PLAN_RULES for said in rule.advise(plan)]})


def about_samples(samples: Samples) -> list[Advice]:
    """What can be said of the data that a run is given."""
    return [said for rule in SAMPLES_RULES for said in rule.advise(samples)]


def about_course(course: Course) -> list[Advice]:
    """What can be said of a run at this moment."""
    return [said for rule in COURSE_RULES for said in rule.advise(course)]


@dataclass
class Heard:
    """One advice: looks in a row that found it, or did not; whether it is being said."""

    advice: Advice
    found: int = 0
    missed: int = 0
    said: bool = False


class Patience:
    """Says what several looks in a row have found, and goes on until several have not.

    While a run stands still there is nothing to wait for: what is found is said, what is not is taken back.
    The numbers in a reason stay those it was said with, so that it can be read.
    """

    def __init__(self) -> None:
        self._heard: dict[tuple[str, str | None], Heard] = {}
        self._step = 0

    def hear(self, found: Iterable[Advice], step: int, going: bool) -> list[Advice]:
        """What is to be said after this look; a run that went back is looked at anew."""
        if step < self._step:
            self._heard.clear()
        self._step = step
        now = {(advice.rule, advice.layer): advice for advice in found}
        for key, advice in now.items():
            heard = self._heard.setdefault(key, Heard(advice))
            heard.found, heard.missed = heard.found + 1, 0
            if not heard.said or (advice.title, advice.fix) != (heard.advice.title, heard.advice.fix):
                heard.advice = advice
            heard.said = heard.said or heard.found >= SURE or not going
        for key in self._heard.keys() - now.keys():
            heard = self._heard[key]
            heard.found, heard.missed = 0, heard.missed + 1
            heard.said = heard.said and heard.missed < CURED and going
        return [heard.advice for heard in self._heard.values() if heard.said]
