"""The review inbox, and the page of one doubtful item."""
