"""Sums by tenant and by day, made with pandas; only the process that makes a report imports this."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import pandas as pd

from onetime.billing.report import DailyEnergy, SessionLine, Tenant, TenantTotal
from onetime.billing.sorting import reading_order


def tenant_totals(sessions: Sequence[SessionLine], tenants: Iterable[Tenant | None] = ()) -> list[TenantTotal]:
    """Return one sum for each tenant by name, those of `tenants` without a session too, and "not assigned" last."""
    everyone = in_order({*tenants, *(line.tenant for line in sessions)})
    number = {tenant: position for position, tenant in enumerate(everyone)}
    frame = pd.DataFrame(
        {
            "tenant": pd.Series([number[line.tenant] for line in sessions], dtype="int64"),
            "spot": pd.Series([line.connector.label for line in sessions], dtype="object"),
            "energy_wh": pd.Series([line.energy_wh for line in sessions], dtype="int64"),
            "measured_wh": pd.Series([line.measured_wh for line in sessions], dtype="int64"),
        }
    )
    by_tenant = frame.groupby("tenant")
    sums = by_tenant[["energy_wh", "measured_wh"]].sum().reindex(range(len(everyone)), fill_value=0)
    counts = by_tenant.size().reindex(range(len(everyone)), fill_value=0)
    spots = frame.drop_duplicates(["tenant", "spot"]).groupby("tenant")["spot"].agg(list).to_dict()
    return [
        TenantTotal(tenant, sorted(spots.get(row, []), key=reading_order), int(count), int(energy_wh), int(measured_wh))
        for row, (tenant, count, energy_wh, measured_wh) in enumerate(
            zip(everyone, counts, sums["energy_wh"], sums["measured_wh"], strict=True)
        )
    ]


def daily_energy(
    days: Sequence[date], energy_wh: Mapping[tuple[Tenant | None, int], int], house_wh: Sequence[int]
) -> DailyEnergy:
    """Return the energy of each tenant by day from sums keyed by tenant and position of the day."""
    everyone = in_order({tenant for tenant, _ in energy_wh})
    frame = pd.DataFrame(
        {
            "tenant": pd.Series([everyone.index(tenant) for tenant, _ in energy_wh], dtype="int64"),
            "day": pd.Series([day for _, day in energy_wh], dtype="int64"),
            "energy_wh": pd.Series(list(energy_wh.values()), dtype="int64"),
        }
    )
    # Not pivot_table: it fills through NaN, and so turns integers into floating point.
    table = frame.set_index(["day", "tenant"])["energy_wh"].unstack("tenant", fill_value=0)
    table = table.reindex(range(len(days)), fill_value=0)
    return DailyEnergy(
        days, {tenant: [int(wh) for wh in table[number]] for number, tenant in enumerate(everyone)}, house_wh
    )


def in_order(tenants: Iterable[Tenant | None]) -> list[Tenant | None]:
    """Return tenants by name, "not assigned" (None) last."""
    everyone = set(tenants)
    named = [tenant for tenant in everyone if tenant is not None]
    by_name: list[Tenant | None] = [*sorted(named, key=lambda tenant: (reading_order(tenant.name), tenant.id))]
    return [*by_name, None] if None in everyone else by_name
