"""Anthropic's Messages API: requests become conversations, and completions become messages and events."""
