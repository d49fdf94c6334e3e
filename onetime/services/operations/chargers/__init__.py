"""Operations on a charger as a whole: restart, availability, settings, list of cards, messages."""
