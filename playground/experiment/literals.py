"""Values as Python source, the way a person writes them: with double quotes."""


def literal(value: object) -> str:
    """Source text that evaluates to `value`: a bool, number, string, None, a list or a pair of such.

    Strings are Python's own `repr`, so nothing in them can end the literal.
    """
    if isinstance(value, list | tuple):
        inside = ", ".join(map(literal, value))
        return f"[{inside}]" if isinstance(value, list) else f"({inside})"
    text = repr(value)
    return f'"{text[1:-1]}"' if isinstance(value, str) and '"' not in text else text
