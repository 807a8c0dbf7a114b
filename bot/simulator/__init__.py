"""The simulator: a messenger app and a Graph API of our own, for development and tests."""
