"""What is removed by itself, and when: everybody's rows that are past their period."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.dialog import Office, Work
from bot.engine.holdings import Periods
from bot.engine.store.database import erasing

KEEP_DONE = timedelta(days=30)  # accepted events and finished work: long past any redelivery


async def clean(db: AsyncSession, now: datetime, office: Office) -> Counter[str]:
    """Remove what is past its period; how many rows of each table."""
    periods = Periods(
        closed=now - timedelta(days=office.keep_closed),
        talk=now - timedelta(days=office.keep_talk),
        done=now - KEEP_DONE,
    )
    counts: Counter[str] = Counter()
    erasing(db)
    for holding in office.holdings:
        for table, which in holding.old(periods) if holding.old else ():
            # Nothing of these rows is loaded in a job's session: there is nothing to keep in step.
            gone = delete(table).where(which).execution_options(synchronize_session=False)
            counts[table.__name__.lower()] += (await db.exec(gone)).rowcount
    return counts


async def sweep(work: Work) -> None:
    """The daily work."""
    await clean(work.db, work.now, work.office)
