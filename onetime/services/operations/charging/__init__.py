"""Operations that limit the current, and say what the charger really allows."""
