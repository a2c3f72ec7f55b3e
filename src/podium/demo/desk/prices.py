"""What things cost in a city: made up, but always the same for the same city.

A demo that is killed and run again has to meet the same world; a price drawn by chance would hide a second booking
behind a difference.
"""

import hashlib
from typing import Final

from podium.demo.desk.models import BookingRequest, Kind, Offer

_SUPPLIERS: Final[dict[Kind, tuple[str, ...]]] = {
    "flight": ("Meridian Air", "Blue Heron", "Polar Line"),
    "hotel": ("Harbour House", "The Lantern", "Station Inn"),
    "car": ("Quickwheel", "Old Town Cars", "Juniper Rental"),
}
_CENTS_FROM_TO: Final[dict[Kind, tuple[int, int]]] = {
    "flight": (9_000, 90_000),
    "hotel": (4_500, 32_000),
    "car": (2_000, 11_000),
}
_MICROS_PER_CENT: Final = 10_000


def offers(kind: Kind, city: str) -> list[Offer]:
    """Return one offer of each supplier, the cheapest first."""
    found = [
        Offer(supplier=supplier, city=city, price_micros=_price_micros(kind, city, supplier))
        for supplier in _SUPPLIERS[kind]
    ]
    return sorted(found, key=lambda offer: (offer.price_micros, offer.supplier))


def price_micros(kind: Kind, asked: BookingRequest) -> int:
    """Return what a booking costs: the cheapest offer, times the nights unless it is a flight."""
    cheapest = offers(kind, asked.city)[0].price_micros
    return cheapest if kind == "flight" else cheapest * asked.nights


def _price_micros(kind: Kind, city: str, supplier: str) -> int:
    low, high = _CENTS_FROM_TO[kind]
    digest = hashlib.sha256(f"{kind}\n{city.casefold()}\n{supplier}".encode()).digest()
    return (low + int.from_bytes(digest[:8]) % (high - low)) * _MICROS_PER_CENT
