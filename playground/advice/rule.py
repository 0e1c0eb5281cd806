"""A rule: a small function from evidence to what it has to say, and the source that it rests on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from playground.experiment.fixes import Fix
from playground.protocol.replies import Advice

Evidence = TypeVar("Evidence")


@dataclass(frozen=True)
class Note:
    """One thing a rule has to say; the rest of an `Advice` is the rule's. `reason`: two sentences at most."""

    title: str
    reason: str
    where: str
    layer: str | None = None
    fix: Fix | None = None


Judge = Callable[[Evidence], Iterator[Note]]


@dataclass(frozen=True)
class Rule(Generic[Evidence]):
    """`judge` says nothing where all is well. `source` names a paper or a page of PyTorch's, `link` is its
    address."""

    name: str
    source: str
    link: str
    judge: Judge[Evidence]

    def advise(self, evidence: Evidence) -> list[Advice]:
        """What the rule has to say of this."""
        return [
            Advice(
                rule=self.name,
                where=note.where,
                layer=note.layer,
                title=note.title,
                reason=note.reason,
                source=self.source,
                link=self.link,
                fix=note.fix,
            )
            for note in self.judge(evidence)
        ]


def rule(name: str, *, source: str, link: str) -> Callable[[Judge[Evidence]], Rule[Evidence]]:
    """Makes a rule of the function below it."""
    return lambda judge: Rule(name, source, link, judge)
