"""HTTP: parse, call, answer."""

from flask import Flask

from app.web import (
    access,
    account,
    admin,
    candidate,
    device,
    errors,
    filters,
    headers,
    health,
    images,
    limits,
    organizer,
    waiting,
)

__all__ = ["limits", "register"]


def register(app: Flask) -> None:
    """Attach every page to the application."""
    access.register(app)
    filters.register(app)
    headers.register(app)
    errors.register(app)
    waiting.register(app)
    device.register(app)
    for blueprint in (account.bp, candidate.bp, organizer.bp, admin.bp, health.bp, images.bp):
        app.register_blueprint(blueprint)
