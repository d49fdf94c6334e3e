"""Room for sockets."""

import resource

from onetime.ports.open_files import allow_many_sockets


def test_a_process_allows_itself_as_many_files_as_it_may() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 1_024), hard))
    try:
        allow_many_sockets()
        allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        assert allowed in (hard, 16_384)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
