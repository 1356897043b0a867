"""Work about the work itself."""

import logging

from procrastinate.contrib.django import app

from .wiring import every

log = logging.getLogger(__name__)


@every("* * * * *", pass_context=False)
async def rescue_stalled(timestamp: int) -> None:
    """Put back what a killed worker held; a task asks before it acts, so this repeats nothing."""
    for job in await app.job_manager.get_stalled_jobs():
        log.warning("job %s (%s) was left by a dead worker, put back", job.id, job.task_name)
        await app.job_manager.retry_job(job)
