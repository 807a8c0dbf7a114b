"""Handing a conversation to a person: cases, the vault, and what the patient is told."""
