"""What one program may use: steps, seconds, elements, text. Everything is counted before it happens."""

import time
from dataclasses import dataclass, field

from playground.workbench.language.refusal import RefusedError, too_long

MAX_STEPS = 100_000
MAX_DEPTH = 100
MAX_NESTING = 100
"""Lists inside lists."""

MAX_ENTRIES = 50_000
"""Entries of a list, nested ones included."""

MAX_ITEMS = 10_000
"""Turns of a loop, and what a program may make many of without having written them."""

MAX_TEXT = 20_000
"""Characters of one string, and of all that is printed."""

MAX_INT = 2**63 - 1
MAX_WORK = 3 * 10**9
"""Multiplications of one call, about a second's worth."""


@dataclass
class Budget:
    """Counts what a program uses; each method raises RefusedError where it is too much."""

    max_tensor_elements: int
    max_elements: int
    seconds: float
    steps: int = 0
    elements: int = 0
    printed: int = 0
    began: float = field(default_factory=time.process_time)

    def step(self) -> None:
        """One node of the program is evaluated."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise RefusedError(
                f"The program takes more than {MAX_STEPS:,} steps, the most it may here.",
                "use fewer turns in loops, or let one op do the work of the loop",
            )
        if not self.steps % 16:
            self.check_time()

    def check_time(self) -> None:
        """Some of the processor's time has passed."""
        if time.process_time() - self.began > self.seconds:
            raise too_long(self.seconds)

    def make(self, elements: int) -> None:
        """A call will make a tensor of so many elements."""
        if elements > self.max_tensor_elements:
            raise RefusedError(
                f"This makes a tensor of {in_words(elements)} elements; here one may have "
                f"{self.max_tensor_elements:,}.",
                "use smaller shapes",
            )
        self.elements += elements
        if self.elements > self.max_elements:
            raise RefusedError(
                f"The program makes tensors of more than {self.max_elements:,} elements in all.",
                "use smaller tensors or fewer of them",
            )

    def work(self, multiplications: int) -> None:
        """A call will take so many multiplications."""
        if multiplications > MAX_WORK:
            raise RefusedError(
                f"This takes {in_words(multiplications)} multiplications; here a call may take {MAX_WORK:,}.",
                "use smaller shapes",
            )

    def write(self, characters: int) -> None:
        """So much will be printed."""
        self.printed += characters
        if self.printed > MAX_TEXT:
            raise RefusedError(f"The program prints more than {MAX_TEXT:,} characters.", "print less")


def in_words(count: int) -> str:
    """A count, short where it is huge."""
    return f"{count:,}" if count < 10**15 else f"about 10^{count.bit_length() * 3 // 10}"
