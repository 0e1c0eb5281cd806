"""Work that runs in processes of its own. The local pool is `playground.jobs.local`.

A worker imports this package before it limits its memory, so nothing heavy is imported here.
"""

from playground.jobs.backend import Backend, Ended, Event, JobFailed, JobGone, Message, TimedOut

__all__ = ["Backend", "Ended", "Event", "JobFailed", "JobGone", "Message", "TimedOut"]
