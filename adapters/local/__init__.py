"""The chat without an account: in the browser and in the terminal."""
