"""Cards: whose they are, whether one may charge (``authorization``), and chargers' own lists of them."""
