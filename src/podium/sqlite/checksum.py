"""What tells that a row is not as it was written: SQLite does not look at what the disk gives back."""

from zlib import crc32


def of_event(seq: int, kind: str, path: str, at: int, body: str | None) -> int:
    """Return the checksum of an event's row; `body` is None where it lies in `blobs`, under a hash of its own."""
    return crc32(f"{seq}\0{kind}\0{path}\0{at}\0{body}".encode())


def of_snapshot(seq: int, body: str) -> int:
    """Return the checksum of a snapshot's row."""
    return crc32(f"{seq}\0{body}".encode())
