"""What a log says of an error: its kind, its code and its place, never its words, which quote what people typed."""

import traceback

CODES = ("sqlite_errorname", "sqlstate", "errno")


def cause(error: BaseException) -> str:
    """What the driver or the system calls it, by name or number."""
    behind = getattr(error, "orig", None) or error
    code = next((found for name in CODES if (found := getattr(behind, name, None))), None)
    return str(code or type(behind).__name__)


def place(error: BaseException) -> str:
    """The kinds, codes and places of an error and of those behind it, as a traceback without messages."""
    name = type(error).__name__
    told = name if (code := cause(error)) == name else f"{name} ({code})"
    told += "\n" + "".join(traceback.format_tb(error.__traceback__))
    behind = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return told + place(behind) if behind is not None else told
