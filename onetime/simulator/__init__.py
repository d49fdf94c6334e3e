"""Simulated chargers, cars and drivers, talking OCPP 1.6J over real sockets."""

from onetime.simulator.charger import SimulatedCharger
from onetime.simulator.clock import Clock, EagerClock
from onetime.simulator.station.car import Car
from onetime.simulator.vocabulary import Context, Reason, Status

__all__ = ["Car", "Clock", "Context", "EagerClock", "Reason", "SimulatedCharger", "Status"]
