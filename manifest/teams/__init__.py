"""The Teams app package: the manifest, its words in two languages, and two icons."""
