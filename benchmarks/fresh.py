"""A whole program, as short as a user would write it: import, load, one work. Its parent takes the time.

Run as `python fresh.py WORK INPUT TEMPLATE`, by path, so that no other module of this package is imported. Prints the
result for its parent to compare, and the most memory that the process has held.
"""

import sys


def parse(path: str) -> str:
    """The first completion that a server streams; the file holds its tokens."""
    from openai_harmony import Role, StreamableParser, load_harmony_encoding

    parser = StreamableParser(load_harmony_encoding("HarmonyGptOss"), Role.ASSISTANT)
    with open(path, encoding="utf-8") as file:
        for token in file.read().split():
            parser.process(int(token))
    return "\n".join(message.to_json() for message in parser.messages)


def render(path: str) -> str:
    """The first prompt that a server renders; the file holds what the user asks."""
    from openai_harmony import Conversation, Message, Role, SystemContent, load_harmony_encoding

    encoding = load_harmony_encoding("HarmonyGptOss")
    with open(path, encoding="utf-8") as file:
        user = Message.from_role_and_content(Role.USER, file.read())
    system = Message.from_role_and_content(Role.SYSTEM, SystemContent.new())
    conversation = Conversation.from_messages([system, user])
    return repr(encoding.render_conversation_for_completion(conversation, Role.ASSISTANT))


def fill(path: str, template: str) -> str:
    """The same as `render` without any library."""
    import jinja2
    import tiktoken

    encoding = tiktoken.get_encoding("o200k_harmony")
    with open(template, encoding="utf-8") as file:
        prompt = jinja2.Environment(trim_blocks=True, lstrip_blocks=True).from_string(file.read())
    with open(path, encoding="utf-8") as file:
        text = prompt.render(turns=[{"role": "user", "text": file.read()}])
    return repr(encoding.encode(text, allowed_special="all"))


def peak_memory() -> int:
    """In bytes."""
    try:
        # `ru_maxrss` would begin with what the parent held when it made this process.
        with open("/proc/self/status", encoding="ascii") as status:
            return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) * 1024
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    _, work, path, template = sys.argv
    print(fill(path, template) if work == "fill" else parse(path) if work == "parse" else render(path))
    print(peak_memory())
