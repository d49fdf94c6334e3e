"""What runs beside the pages is found by its class, while it runs."""

import pytest

from onetime.web.frame.running import holding, part


class Feed:
    pass


def test_a_part_is_found_by_its_class_while_it_runs() -> None:
    feed = Feed()
    with holding(feed):
        assert part(Feed) is feed


def test_before_the_start_and_after_the_end_there_is_no_part() -> None:
    with pytest.raises(RuntimeError, match="not running in this process"):
        part(Feed)
    with holding(Feed()):
        pass
    with pytest.raises(RuntimeError, match="there is no Feed"):
        part(Feed)
