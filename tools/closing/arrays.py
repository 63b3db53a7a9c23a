"""A generated company as the arrays that the forecast takes, without a file on the way."""

from __future__ import annotations

import numpy as np

from closing.ways import LOST, WON, Company
from crm_audit.forecast import record
from crm_audit.forecast.record import Cards, Deals

_STATUS = {WON: record.WON, LOST: record.LOST}


def arrays(company: Company, day: int, first: int = 0) -> tuple[Deals, Cards]:
    """Deals and changes of cards as they are known at the end of a day.

    Currency 1 is EUR. Days count from 1970 if `first` is the day on which the CRM begins.
    """
    ended = [d.closed if d.closed <= day else None for d in company.deals if d.created <= day]
    seen = [d for d in company.deals if d.created <= day]
    cards = [d.at(day) or d.events[0] for d in seen]
    deals = Deals(
        status=np.array([_STATUS.get(c.stage, record.OPEN) for c in cards]),
        created=np.array([d.created for d in seen], dtype=float) + first,
        closed=np.array(ended, dtype=float) + first,
        amount=np.array([c.amount for c in cards], dtype=float),
        currency=np.array([int(d.currency == "EUR") for d in seen]),
        planned=np.array([c.planned for c in cards], dtype=float) + first,
        probability=np.array([c.probability for c in cards], dtype=float),
    )
    events = [(i, e) for i, d in enumerate(seen) for e in d.events if e.day <= day]
    changes = Cards(
        deal=np.array([i for i, _ in events], dtype=np.int64),
        day=np.array([e.day for _, e in events], dtype=float) + first,
        stage=np.array([-1 if e.stage in _STATUS else e.stage for _, e in events]),
        status=np.array([_STATUS.get(e.stage, record.OPEN) for _, e in events]),
        amount=np.array([e.amount for _, e in events], dtype=float),
        planned=np.array([e.planned for _, e in events], dtype=float) + first,
        probability=np.array([e.probability for _, e in events], dtype=float),
    )
    return deals, changes
