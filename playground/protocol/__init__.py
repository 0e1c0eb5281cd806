"""The wire: every payload that crosses between the browser and the server, as pydantic models.

The browser's types (`static/src/lib/protocol.ts`) are generated from these; a test holds the two together.
"""

PROTOCOL = 1
