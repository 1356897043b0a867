"""The cast: the same six people in every test, in the demo and in the documents."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Member:
    """One of the cast. `artisan` is the slug of what they sell as, where they sell."""

    name: str
    place: str
    phone: str = ""
    email: str = ""
    artisan: str = ""


WEAVER = Member("Fadma Aït Baha", "Taznakht", phone="+212661000101", artisan="fadma-ait-baha")
POTTER = Member("Driss Serghini", "Safi", phone="+212661000102", artisan="driss-serghini")
CLERK = Member("Naïma Oubella", "Azilal", phone="+212661000103", artisan="tifawin")
BUYER = Member("Claire Martin", "Lyon", phone="+33612345678", email="claire@example.org")
OFFICER = Member("Youssef Benjelloun", "Drâa-Tafilalet", phone="+212661000105")
NOBODY = Member("Omar Filali", "Casablanca", phone="+212661000106")

EVERYONE = (WEAVER, POTTER, CLERK, BUYER, OFFICER, NOBODY)
