"""Slack: listen, parse and render, on slack-bolt."""
