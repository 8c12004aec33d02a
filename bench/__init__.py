"""Measurements beside their floors, and drills in which the server is killed. See docs/bench.md."""
