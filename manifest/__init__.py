"""What an administrator uploads to Slack and Teams."""
