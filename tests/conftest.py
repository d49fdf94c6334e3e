"""What holds for all tests."""

from hypothesis import settings

# A deadline measures the machine, not the rule; pytest-timeout ends what hangs.
settings.register_profile("onetime", deadline=None)
settings.load_profile("onetime")
