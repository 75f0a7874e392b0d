"""The commands that need no extra; all others are in `_cli`."""

__all__ = ["PLAIN"]

# The module of each, from the package. It defines HELP, add_arguments(parser) for argparse, and run(options), which
# returns the exit status.
PLAIN = {
    "conformance": ".conformance.command",
    "fuzz": ".fuzzing.command",
    "grammar": "._grammar_command",
    "template": "._template_command",
}
