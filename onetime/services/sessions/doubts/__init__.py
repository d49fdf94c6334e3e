"""Why a session is doubted: the reasons, their words, and the inbox's entries."""
