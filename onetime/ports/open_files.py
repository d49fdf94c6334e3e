"""Room for sockets: each charger costs one open file, and many systems allow a process only 1,024."""

import logging

logger = logging.getLogger(__name__)

WANTED = 16_384


def allow_many_sockets() -> int:
    """Raise this process' limit of open files as far as it may itself, and return how many it may have then."""
    try:
        import resource
    except ImportError:  # Windows
        return WANTED
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return WANTED if soft == resource.RLIM_INFINITY else soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError) as error:
        logger.warning("Only %d files can be open at once (%s).", soft, error)
        return soft
    return wanted
