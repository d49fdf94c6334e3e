"""How a charger comes and goes: the room where new ones wait, and what is left of one that is deleted."""
