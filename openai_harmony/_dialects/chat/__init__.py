"""Chat Completions: requests become conversations, and completions become messages and chunks."""
