"""What open pages feel and cost: a change on its way to a browser, and many phones that listen."""
