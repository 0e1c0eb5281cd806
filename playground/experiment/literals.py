"""Values as Python source, the way a person writes them: with double quotes."""


def literal(value: object) -> str:
    """Source text that evaluates to `value`: a bool, number, string, None, or a list or tuple of such.

    Strings are Python's own `repr`, so nothing in them can end the literal.
    """
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(literal, value))}]"
    text = repr(value)
    return f'"{text[1:-1]}"' if isinstance(value, str) and '"' not in text else text
