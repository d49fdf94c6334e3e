"""Routes for the quarter-hours and the months' workbooks."""
