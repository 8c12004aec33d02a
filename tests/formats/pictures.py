"""Small pictures for files of questions: the beginning is what tells a picture from anything else."""

import hashlib

PNG = b"\x89PNG\r\n\x1a\n" + b"one"
JPEG = b"\xff\xd8\xff\xe0" + b"two"
GIF = b"GIF89a" + b"three"


def checksum(content: bytes) -> str:
    """Under which the house keeps a picture."""
    return hashlib.sha256(content).hexdigest()
