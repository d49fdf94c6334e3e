"""The own account: a new password, and every browser that is logged in."""
