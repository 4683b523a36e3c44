"""What a case says of an account, as the account of each system."""
