"""What a provider says about the account behind a key: quota, balance, and whether the key is good."""
