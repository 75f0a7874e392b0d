"""Start the server: `python -m examples.server --port 8000`."""

from __future__ import annotations

import argparse

import uvicorn

from .app import create_app


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m examples.server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--conformance", action="store_true", help="answer the conformance kit; for tests alone")
    given = parser.parse_args()
    uvicorn.run(create_app(conformance=given.conformance), host=given.host, port=given.port)


if __name__ == "__main__":
    main()
