"""One function is one question that a page asks. Nothing is written here."""
