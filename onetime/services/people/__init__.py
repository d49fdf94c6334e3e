"""Who uses the house: accounts, passwords, who may do what (``permissions``), and the audit log."""
