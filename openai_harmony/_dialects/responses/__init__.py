"""The Responses API: requests become conversations, and completions become output items and events."""
