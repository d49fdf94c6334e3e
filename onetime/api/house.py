"""The house itself: what is wrong with it, and how what runs beside has fared since the start."""

from datetime import datetime

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from onetime import __version__
from onetime.api.frame.access import RunningServices, needs
from onetime.background import KeptTask
from onetime.services.people.permissions import Permission

router = APIRouter(prefix="/house", tags=["house"])


class TaskItem(BaseModel):
    """Something that runs as long as the house does."""

    name: str
    passes: int = Field(description="How often it has done its work, where it counts that.")
    deaths: int = Field(description="How often it stopped unexpectedly and was started again.")
    died_at: datetime | None
    error: str | None = Field(description="What it stopped of last.")
    in_trouble: bool = Field(description="It has stopped, and has not done its work since.")
    has_ended: bool = Field(description="It has nothing to do any more.")


class HouseItem(BaseModel):
    """The state of the house. Counts begin with its start."""

    version: str
    trouble: str | None = Field(description="What keeps it from doing its work, as the pages say it.")
    commits: int = Field(description="Transactions of the database.")
    deaths: int = Field(description="How often parts stopped unexpectedly and were started again.")
    failures: int = Field(description="How much short work failed that nobody waited for; the log says what.")
    unreadable: list[str] = Field(description="Rows of the database that cannot be read, by table and number.")
    tasks: list[TaskItem]


@router.get("", summary="Read the house's state", dependencies=[Depends(needs(Permission.SEE_CHARGER))])
async def read_house(services: RunningServices) -> HouseItem:
    """Return what is wrong with the house, and what runs beside what people and chargers ask for."""
    trouble, background = services.site.trouble(), services.background
    return HouseItem(
        version=__version__,
        trouble=None if trouble is None else str(trouble),
        commits=services.database.commits,
        deaths=background.deaths,
        failures=background.failures,
        unreadable=[row.name for row in services.unreadable.rows()],
        tasks=[_item(task) for task in background.tasks()],
    )


def _item(task: KeptTask) -> TaskItem:
    return TaskItem(
        name=str(task.name),
        passes=task.passes,
        deaths=task.deaths,
        died_at=task.died_at,
        error=task.error,
        in_trouble=task.is_in_trouble,
        has_ended=task.has_ended,
    )
