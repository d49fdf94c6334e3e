"""The parts of a simulated charger: connectors, meters, car, cards, settings, charging profiles."""
