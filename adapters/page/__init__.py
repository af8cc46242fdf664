"""One plain web page per case, for who is reached by e-mail alone: a signed link, no script."""
