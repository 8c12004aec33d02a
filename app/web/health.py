"""For whoever watches the machine: is the process alive, does the database answer."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from app.queries import health

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive() -> ResponseReturnValue:
    return jsonify(status="ok")


@bp.get("/readyz")
def ready() -> ResponseReturnValue:
    return jsonify(status="ok", schema=health.schema())
