"""What the site says of itself."""

from dataclasses import asdict, dataclass
from datetime import datetime

from app.database import db, writing
from app.models import Site
from app.models.site import DAYS_KEPT
from app.operations.audit import record


@dataclass(frozen=True)
class SiteWords:
    """Name, organizer, telephone with its hours, and the filing number, as every page shows them.

    `retention_days`: how long after the closing candidates see the receipts of what they handed in.
    """

    name: str
    organizer: str
    phone: str
    phone_hours: str
    icp: str
    retention_days: int = DAYS_KEPT


def describe_site(words: SiteWords, *, actor: int, now: datetime) -> None:
    """Set what every page says of this site."""
    with writing():
        site = db.session.get(Site, 1)
        if site is None:
            site = Site(id=1)
            db.session.add(site)
        for field, value in asdict(words).items():
            setattr(site, field, value)
        record(actor, "site.describe", "site:1", now)
