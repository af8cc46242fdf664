"""E-mail: for breach reports, and for who is not in a chat."""
