"""Operations on a session: start, stop, release the cable, reserve."""
