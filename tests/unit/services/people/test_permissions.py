"""Who may do what, in one table."""

import pytest

from onetime.models import Role
from onetime.services.people.permissions import PERMISSIONS, Permission, PermissionDeniedError, allowed, require


def test_every_role_is_in_the_table_and_the_administrator_may_everything() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert PERMISSIONS[Role.ADMINISTRATOR] == frozenset(Permission)


def test_every_permission_but_the_console_and_people_is_held_by_somebody_besides_the_administrator() -> None:
    others = frozenset().union(*(held for role, held in PERMISSIONS.items() if role is not Role.ADMINISTRATOR))
    assert frozenset(Permission) - others == {Permission.USE_CONSOLE, Permission.MANAGE_PEOPLE}


@pytest.mark.parametrize("permission", list(Permission))
def test_nobody_may_do_nothing(permission: Permission) -> None:
    assert not allowed(None, permission)
    with pytest.raises(PermissionDeniedError):
        require(None, permission)


def test_a_tenant_sees_nothing_of_the_neighbours() -> None:
    assert all(permission.value.startswith("see own ") for permission in PERMISSIONS[Role.TENANT])
