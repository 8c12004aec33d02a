"""For whoever watches the machine: is the process alive, and would an answer be kept."""

import logging
import time

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from app.database import kept
from app.operations.readiness import Readiness, readiness

bp = Blueprint("health", __name__)
log = logging.getLogger("zhisai")

# Anybody may ask, and each answer costs a write: between two of them lie so many seconds.
LASTS = 1.0


@bp.get("/healthz")
def alive() -> ResponseReturnValue:
    return jsonify(status="ok")


@bp.get("/readyz")
def ready() -> ResponseReturnValue:
    found = _readiness()
    if found is Readiness.READY:
        return jsonify(status="ok")
    return jsonify(status="unavailable", reason=found), 503, {"Retry-After": "5"}


def _readiness() -> Readiness:
    memory = kept("readiness")
    found, until = memory.get("last", (Readiness.UNREACHABLE, 0.0))
    if time.monotonic() >= until:
        found = readiness()
        if found is not Readiness.READY:
            log.error("not ready: %s", found)
        memory["last"] = found, time.monotonic() + LASTS
    answer: Readiness = found
    return answer
