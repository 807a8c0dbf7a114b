"""Conversations as tests: `frontdesk talk`."""
