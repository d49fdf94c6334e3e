"""The workbook of a day in a garage, written once."""

import pytest

from tests.unit.billing.factories import garage
from tests.unit.billing.workbook.written import Written, write


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return write(garage(), tmp_path_factory.mktemp("workbook"))
