"""A child that is forked while another thread of its parent is at work finishes the same work."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "openai_harmony"
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")

# A round: a thread begins to work, and the main thread forks for as long as it does, a few times at most. A child that
# does not end is killed, long after it should have ended, and fails the script.
LOAD = """
import os, signal, sys, threading, time
{prepare}

def work():
    {work}

def ended(children):
    until = time.monotonic() + {seconds}
    while children and time.monotonic() < until:
        for child in list(children):
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                children.remove(child)
                assert status == 0, f"a child failed: {{status}}"
        time.sleep(0.002)
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert not children, f"{{len(children)}} children hang"

children = []
for round in range({rounds}):
    {round}
    started = threading.Event()
    thread = threading.Thread(target=lambda: (started.set(), work()))
    thread.start()
    started.wait()
    for _ in range({forks}):
        child = os.fork()
        if not child:
            try:
                work()
            except BaseException:
                import traceback
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        children.append(child)
        time.sleep({pause})
        if not thread.is_alive():
            break
    thread.join()
    ended(children)
print("done")
"""
IMPORTS = "from openai_harmony import HarmonyEncoding, Message, Role, SystemContent, load_harmony_encoding"
NEW = "encoding = HarmonyEncoding('HarmonyGptOss')"
SCRIPTS = {
    "the encoder is built": {
        "prepare": IMPORTS,
        "round": NEW,
        "work": "assert encoding.encode('Hello') == [13225]",
        "rounds": 3,
        "forks": 3,
        "pause": 0.03,
    },
    "the encoder is built after the first texts": {
        "prepare": IMPORTS,
        "round": f"{NEW}; encoding.encode('Hello')",
        "work": "assert [len(encoding.encode(f'Hello {n}')) for n in range(130)] and encoding.tokenizer.is_prepared",
        "rounds": 2,
        "forks": 3,
        "pause": 0.03,
    },
    "the vocabulary is read": {
        "prepare": IMPORTS,
        "round": NEW,
        "work": "assert encoding.decode_utf8([13225]) == 'Hello'",
        "rounds": 6,
        "forks": 4,
        "pause": 0.005,
    },
    "pydantic builds its first class": {
        "prepare": IMPORTS,
        "round": "",
        "work": "assert Message.model_validate({'author': {'role': 'user'}, 'content': []}).role is Role.USER",
        "rounds": 1,
        "forks": 12,
        "pause": 0.003,
    },
    "a cache of one's own is filled": {
        "prepare": f"{IMPORTS}; {NEW}; encoding.encode('x'); encoding.set_cache_size(40_000)",
        "round": "",
        "work": "[encoding.render(Message.from_role_and_content(Role.USER, str(n))) for n in range(8_000)]",
        "rounds": 2,
        "forks": 10,
        "pause": 0.002,
    },
    "the encoding that all share is used for the first time": {
        "prepare": IMPORTS,
        "round": "encoding = load_harmony_encoding('HarmonyGptOss')",
        "work": "assert encoding.parse(encoding.render(Message.from_role_and_content(Role.USER, 'x'))).messages",
        "rounds": 1,
        "forks": 8,
        "pause": 0.01,
    },
}


def run(script: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", "-c", script]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("name", SCRIPTS)
def test_child_forked_under_load_does_not_hang(name: str) -> None:
    done = run(LOAD.format(**SCRIPTS[name], seconds=120))
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr


HELD = """
import os
from openai_harmony import *
from openai_harmony._runtime import locks
mine, shared = HarmonyEncoding("HarmonyGptOss"), load_harmony_encoding("HarmonyGptOss")
owners = [owner for e in (mine, shared) for owner in (e, e._cache, e.tokenizer, e.tokenizer.vocabulary)]
for owner in owners:
    owner._lock.acquire()
child = os.fork()
if not child:
    message = Message.from_role_and_content(Role.USER, "x")
    assert mine.render(message) == shared.render(message)
    assert mine.cache_info().entries == shared.cache_info().entries == 2
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
print("done")
"""


def test_every_lock_of_every_encoding_is_new_in_a_child() -> None:
    done = run(HELD)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr


HALF_DONE = """
import os
from openai_harmony import *
encoding = HarmonyEncoding("HarmonyGptOss", cache_size=20_000)
cache = encoding._cache
for n in range(30):
    encoding.render(Message.from_role_and_content(Role.USER, f"text {n}"))
cache._lock.acquire()
# As between two lines of the cache: one generation is both the recent and the previous one; its size is not known yet.
cache.previous, cache._previous_bytes = cache.recent, 5_000_000
cache._counts += [0, 7, 0]
child = os.fork()
if not child:
    assert encoding.cache_info()[:4] == (0, 0, 0, 0)
    for n in range(300):
        text = f"text {n % 40}"
        tokens = encoding.render(Message.from_role_and_content(Role.USER, text))
        assert encoding.decode(tokens) == f"<|start|>user<|message|>{text}<|end|>"
        assert 0 < encoding.cache_info().bytes <= 20_000
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
print("done")
"""


def test_what_a_cache_was_in_the_middle_of_is_forgotten_in_a_child() -> None:
    done = run(HALF_DONE)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr


IDLE = """
import os
from openai_harmony import *
encoding = HarmonyEncoding("HarmonyGptOss")
encoding.render(Message.from_role_and_content(Role.USER, "x"))
encoding.tokenizer.prepare()
before = encoding.cache_info()
child = os.fork()
if not child:
    assert encoding.cache_info() == before and encoding.tokenizer.is_prepared
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
print("done")
"""


def test_a_child_keeps_what_was_whole() -> None:
    done = run(IDLE)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr


# The main thread forks while another one imports `logging`, which has registered its hook and now needs its own lock.
IMPORTING_LOGGING = """
import os, sys, threading, time
from openai_harmony._runtime import locks
assert "logging" not in sys.modules
locks.PATIENCE = 5
inside = threading.Event()
register = os.register_at_fork

def registered(**hooks):
    register(**hooks)
    if sys._getframe(1).f_globals["__name__"] == "logging":
        inside.set()
        time.sleep(0.3)  # by then the fork waits

os.register_at_fork = registered
thread = threading.Thread(target=locks.loading)
thread.start()
inside.wait()
child = os.fork()
if not child:
    import logging
    logging.getLogger("x")
    os._exit(0)
until = time.monotonic() + 60
while not (ended := os.waitpid(child, os.WNOHANG))[0] and time.monotonic() < until:
    time.sleep(0.01)
if not ended[0]:
    os.kill(child, 9)
assert ended == (child, 0), ended
thread.join()
free = []
held = (locks.loading(), sys.modules["logging"]._lock)
other = threading.Thread(target=lambda: free.extend(lock.acquire(timeout=5) and lock.release() for lock in held))
other.start()
other.join()
assert free == [None, None], free
print("done")
"""


def test_a_fork_waits_for_the_import_of_logging_itself() -> None:
    done = run(IMPORTING_LOGGING)
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


# The thread is inside an import when the main thread wants to fork, and ends it while the fork waits.
IMPORTING = """
import os, sys, threading
waited = []
os.register_at_fork(after_in_parent=lambda: waited.extend(locks._forking.waited))  # called before the later ones
{first}
from openai_harmony import Message, Role, load_harmony_encoding
from openai_harmony._runtime import locks

inside, go_on = threading.Event(), threading.Event()

class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "openai_harmony._runtime.{module}" and threading.current_thread() is thread:
            {meanwhile}
            inside.set()
            go_on.wait()
            {then}

encoding = load_harmony_encoding("HarmonyGptOss")
work = lambda: {work}
thread = threading.Thread(target=work)
sys.meta_path.insert(0, Slow())
locks.PATIENCE = 5
thread.start()
inside.wait()
threading.Timer(0.2, go_on.set).start()  # by then the fork waits
child = os.fork()
if not child:
    work()
    os._exit(0)
thread.join()
assert waited and all(waited), waited
assert os.waitpid(child, 0)[1] == 0
free = []
other = threading.Thread(target=lambda: free.append(locks.loading().acquire(blocking=False)))
other.start()
other.join()
assert free == [True]
print("done")
"""
# `getLogger` takes a lock that a fork takes too.
THEIRS = {"module": "tokens.backends.tiktoken_backend", "work": "encoding.tokenizer.prepare()"}
WAITED_FOR = {
    "a module of this package": {
        "first": "import logging",
        "module": "writing.rendering",
        "meanwhile": "assert not locks._behind_logging",
        "then": "pass",
        "work": "encoding.render(Message.from_role_and_content(Role.USER, 'x'))",
    },
    "one that uses logging": {**THEIRS, "first": "", "meanwhile": "", "then": "import logging; logging.getLogger('x')"},
    "one that uses logging, which was loaded before": {
        **THEIRS,
        "first": "import logging",
        "meanwhile": "",
        "then": "logging.getLogger('x')",
    },
    "one that uses logging, which was loaded after": {
        **THEIRS,
        "first": "",
        "meanwhile": "import logging",
        "then": "logging.getLogger('x')",
    },
}


@pytest.mark.parametrize("name", WAITED_FOR)
def test_a_fork_waits_for_an_import_of_another_thread(name: str) -> None:
    script = IMPORTING.format(**WAITED_FOR[name])
    done = run(script.replace("logging.getLogger", "sys.modules['logging'].getLogger"))
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr


LATE = """
import sys
from openai_harmony import *
from openai_harmony._runtime import locks

class Watch:
    def find_spec(self, name, path=None, target=None):
        if not locks._loading._is_owned() and not name.startswith("encodings."):
            found.append(name)

found = []
sys.meta_path.insert(0, Watch())
encoding = load_harmony_encoding("HarmonyGptOss")
message = Message.from_role_and_content("user", "x")
conversation = Conversation.from_messages([message])
tool = ToolDescription.new("f", "d", parameters={"type": "object"})
developer = DeveloperContent.new().with_function_tools([tool])
tokens = encoding.render_conversation_for_completion(conversation, Role.ASSISTANT)
encoding.render(Message.from_role_and_content(Role.DEVELOPER, developer))
encoding.parse(encoding.encode("<|channel|>final<|message|>x<|return|>", allowed_special="all"), Role.ASSISTANT)
encoding.decode(tokens), encoding.count_tokens(conversation), encoding.render_conversation_for_training(conversation)
encoding.render_with_spans(conversation), encoding.render_batch([conversation]), encoding.tokenizer_info()
parser = StreamableParser(encoding, None)
list(parser.feed(tokens)), parser.copy(), StreamableParser.restore(encoding, parser.snapshot())
TextParser(encoding, Role.ASSISTANT, strict=False).feed("x"), guess_messages_from_stripped_text("x"), chat_template()
ToolNames([tool]), schema_losses([tool]), Conversation.from_json(conversation.to_json())
message.to_json(), message.model_dump_json(), Message.from_json(message.to_json()), message.model_copy(deep=True)
Message.model_json_schema(), Message.model_fields, dict(message), repr(message)
try:
    Message.model_validate({})
except ValueError as error:
    str(error), repr(error), error.errors()

def look_up(word: str) -> str:
    "Look up a word."

ToolDescription.from_function(look_up)
print(found)
"""


def test_what_is_imported_late_is_imported_with_the_lock() -> None:
    done = run(LATE)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


STUCK = """
import os, threading
from openai_harmony import *
from openai_harmony._runtime import locks
locks.PATIENCE = 0.05
held, never = threading.Event(), threading.Event()

def hold():
    with locks.loading():
        held.set()
        never.wait()

threading.Thread(target=hold, daemon=True).start()
held.wait()
child = os.fork()
if not child:
    assert Message.model_validate({"author": {"role": "user"}, "content": []})
    assert load_harmony_encoding("HarmonyGptOss").encode("x")
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert not locks.loading().acquire(blocking=False)
print("done", flush=True)
os._exit(0)
"""


def test_a_fork_does_not_wait_for_ever() -> None:
    done = run(STUCK)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr


# Commands, and what they do, fork no process beside a thread of theirs.
COMMANDS = ("_cli", "_command.py", "__main__.py", "conformance", "_datasets", "datasets.py", "_inspection/serving.py")


def unlocked_imports(source: str) -> list[int]:
    """The lines of imports in functions that hold no lock."""
    found = []

    def look(node: ast.AST, late: bool, locked: bool) -> None:
        for inner in ast.iter_child_nodes(node):
            begins = isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef))
            holds = isinstance(inner, ast.With) and ast.unparse(inner.items[0]).startswith(
                ("loading()", "loading_own()")
            )
            if isinstance(inner, (ast.Import, ast.ImportFrom)) and late and not locked:
                found.append(inner.lineno)
            look(inner, late or begins, holds or (locked and not begins))

    look(ast.parse(source), False, False)
    return found


def test_a_function_imports_with_the_lock() -> None:
    paths = [
        str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py") if path.name not in ("at_exit.py", "locks.py")
    ]
    library = [path for path in paths if not any(part in path for part in COMMANDS)]
    assert len(library) > 200
    found = {path: unlocked_imports((PACKAGE / path).read_text(encoding="utf-8")) for path in library}
    assert {path: lines for path, lines in found.items() if lines} == {}
    assert unlocked_imports("def f():\n with loading():\n  import a\n import b\nimport c") == [4]


def strange_locks(sources: dict[str, str]) -> list[str]:
    """Where a lock is made that no child would get anew."""
    found = []
    for name, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            named = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            imported = isinstance(node, ast.ImportFrom) and node.module in ("threading", "_thread", "multiprocessing")
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "asyncio":
                continue  # its locks belong to an event loop, which no child goes on with
            if imported or (named in ("Lock", "RLock", "Condition", "Semaphore") and isinstance(node, ast.Attribute)):
                found.append(f"{name}:{node.lineno}")
    return found


def test_no_lock_is_made_outside_the_registry() -> None:
    paths = [path for path in PACKAGE.rglob("*.py") if path.name != "locks.py"]
    assert strange_locks({path.name: path.read_text(encoding="utf-8") for path in paths}) == []
    assert strange_locks({"x.py": "import threading\nlock = threading.Lock()"}) == ["x.py:2"]
    assert strange_locks({"x.py": "from threading import Lock"}) == ["x.py:1"]
