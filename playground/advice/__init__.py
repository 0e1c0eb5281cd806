"""Advice with reasons: what works and is hardly meant so, named by small rules from what they are shown."""
