#!/usr/bin/python3
"""Each house test is shown a fault it must find, and a tree without one."""

import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

from tap import Tap

HERE = pathlib.Path(__file__).resolve().parent

HEADER = "#ifndef {guard}\n#define {guard}\n{body}#endif\n"


def header(name, body=""):
    guard = "IDLEBELL_" + name.upper().replace("/", "_").replace(".", "_")
    return HEADER.format(guard=guard, body=body)


def function(name, lines, static="static "):
    return f"{static}void {name}(void)\n{{\n" + "\t;\n" * (lines - 3) + "}\n"


# A tree that every test likes: path to text.
GOOD = {
    "configure.ac": "AC_INIT([idlebell], [1.2.3])\n",
    "NEWS": "Version 1.2.3\n",
    "HACKING": "The largest room, app/:\n\n    app  all of it\n\nlost",
    "src/main.c": '#include "cli/cli.h"\n' + function("a", 80) +
                  "/* strcpy( */\nconst char *text = \"system(\";\n",
    "src/cli/cli.h": header("cli/cli.h", '#include "app/app.h"\n'),
    "src/app/app.h": header("app/app.h", '#include "os/loop.h"\n'),
    "src/os/loop.h": header("os/loop.h"),
    "src/imap/parse.h": header("imap/parse.h"),
    "src/imap/parse.c": '#include "imap/parse.h"\n',
    "src/rules/rules.h": header("rules/rules.h",
                                '#include "message/message.h"\n'),
    "src/message/message.h": header("message/message.h"),
    "tests/unit/test-parse.c": "int main(void) { return 0; }\n"
                               "/* quirks 1,\n * 2 \"/parse/all\" */\n",
    "tests/unit/test-sessions.c": "\n",
    "tests/sessions/login.t": "# hello\n< greeting.inc\n",
    "tests/sessions/greeting.inc": "S: * OK\n",
    "tests/sessions/QUIRKS": "Quirks.\n\n 1  some: this\n    and that\n"
                             "    test: login.t test_watch.py:test_a\n"
                             " 2  others: more\n    test: /parse/all\n"
                             "    why: because\n          of it\n",
    "tests/e2e/test_watch.py": "print('1..0')\ndef test_a():\n    pass\n",
}
LISTED = " ".join(["tests/unit/test-parse tests/unit/test-sessions",
                   "tests/e2e/test_watch.py"]
                  + [name for name in GOOD if name.startswith("src/")])

# Test, what is planted, and what the test must say.
TREES = (
    ("layers.py", {"src/imap/parse.h": header(
        "imap/parse.h", '#include "os/loop.h"\n')},
     "imap may not include os/loop.h"),
    ("layers.py", {"src/net/net.h": header(
        "net/net.h", '#include "sinks/sink.h"\n'),
        "src/sinks/sink.h": header("sinks/sink.h")},
     "net may not include sinks/sink.h"),
    ("layers.py", {"src/message/message.h": header(
        "message/message.h", '#include "rules/rules.h"\n')},
     "message may not include rules/rules.h"),
    ("layers.py", {"src/os/loop.h": header(
        "os/loop.h", '#include "app/app.h"\n')},
     "app/app.h -> os/loop.h -> app/app.h"),
    ("layers.py", {"src/imap/parse.c": '#include "parse.h"\n'},
     '"parse.h" is no file of src/'),
    ("layers.py", {"src/imap/parse.c": "\n"},
     "src/imap/parse.c does not include its own header"),
    ("layers.py", {"src/os/loop.h": header("os/pool.h")},
     "its guard is not IDLEBELL_OS_LOOP_H"),
    ("layers.py", {"src/cellar/wine.h": header("cellar/wine.h")},
     "src/cellar/ is in no layer"),
    ("style.py", {"src/main.c": function("giant", 81)},
     "giant() has 81 lines"),
    ("style.py", {"src/main.c": function("a", 5, "") + function("b", 5)},
     "50 %"),
    ("style.py", {"src/main.c": function("a", 5) + "int b = atoi (c);\n"},
     "main.c:6: atoi()"),
    ("style.py", {"tests/unit/test-parse.c": "int a = usleep(5);\n"},
     "test-parse.c:1: wait on the event"),
    ("style.py", {"tests/e2e/test_watch.py": "import time\ntime.sleep(1)\n"},
     "test_watch.py:2: wait on the event"),
    ("style.py", {"tests/e2e/server": "#!/bin/sh\ncat; sleep 1\n"},
     "server:2: wait on the event"),
    ("style.py", {"src/main.c": function("a", 5) + "/* FIX" "ME */\n"},
     "main.c:6: /* FIX" "ME */"),
    ("style.py", {"tests/unit/test-lost.c": "\n"},
     "tests/unit/test-lost.c: no list"),
    ("style.py", {"tests/fuzz/fuzz-lost.c": "\n"},
     "tests/fuzz/fuzz-lost.c: no list"),
    ("style.py", {"tests/e2e/test_lost.py": "\n"},
     "tests/e2e/test_lost.py: no list"),
    ("style.py", {"src/os/lost.c": "\n"},
     "src/os/lost.c: no list of make's compiles it"),
    ("style.py", {"src/app/lost.c": "\n"},
     "src/app/lost.c: in no line of HACKING's map"),
    ("style.py", {"tests/sessions/idle.txt": "\n"},
     "tests/sessions/idle.txt: never played"),
    ("style.py", {"tests/sessions/open.inc": "\n"},
     "tests/sessions/open.inc: nobody includes it"),
    ("style.py", {"tests/fuzz/corpus/x/large": "x" * 70000},
     "tests/fuzz/corpus/x: 70000 octets"),
    ("style.py", {f"tests/fuzz/corpus/x/{n}": "" for n in range(200)},
     "tests/fuzz/corpus/x: 200 files"),
    ("style.py", {"NEWS": "Version 1.2.4\n"}, "NEWS says 1.2.4"),
    ("quirks.py", {"tests/sessions/QUIRKS": " 2  b\n    why: so\n"},
     "number 1 is missing"),
    ("quirks.py", {"tests/sessions/QUIRKS":
                   " 1  a\n 2  b\n    why: so\n"},
     "1 has neither a test nor a reason"),
    ("quirks.py", {"tests/sessions/QUIRKS":
                   " 1  a\n    test: login.t\n          lost.t\n"},
     "1: there is no test lost.t"),
    ("quirks.py", {"tests/sessions/QUIRKS": " 1  a\n    test: /parse\n"},
     "1: there is no test /parse"),
    ("quirks.py", {"tests/e2e/test_watch.py": "def test_ab():\n    pass\n"},
     "1: there is no test test_watch.py:test_a"),
    ("quirks.py", {"src/main.c": function("a", 80) +
                   "/* (quirks 1,\n * 3) */\n"},
     "src/main.c: quirk 3"),
)

PURE = "#include <string.h>\nint pure(const char *s);\n" \
       "int pure(const char *s) { return strcmp(s, \"a\") + sizeof *s; }\n"
IMPURE = (
    ("fopen", "#include <stdio.h>\nvoid *f(void);\n"
              "void *f(void) { return fopen(\"a\", \"r\"); }\n"),
    ("time", "#include <time.h>\nlong f(void);\n"
             "long f(void) { return time(0); }\n"),
    ("getenv", "#include <stdlib.h>\nchar *f(void);\n"
               "char *f(void) { return getenv(\"A\"); }\n"),
    ("stderr", "#include <stdio.h>\nvoid *f(void);\n"
               "void *f(void) { return stderr; }\n"),
    ("g_log", "void g_log(void);\nvoid f(void);\n"
              "void f(void) { g_log(); }\n"),
    ("g_date_time_new_now_utc",
     "void *g_date_time_new_now_utc(void);\nvoid *f(void);\n"
     "void *f(void) { return g_date_time_new_now_utc(); }\n"),
)


def run(test, argument, listed=""):
    """(whether it found nothing, what it printed)."""
    environment = dict(os.environ, HOUSE_LISTED=str(listed))
    done = subprocess.run(
        [sys.executable, "-B", str(HERE / test), str(argument)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        env=environment, check=False)
    return done.returncode == 0, done.stdout


def plant(directory, faults):
    for name, text in {**GOOD, **faults}.items():
        path = pathlib.Path(directory) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if text.startswith("#!"):
            path.chmod(0o755)
    listed = pathlib.Path(directory) / "listed"
    listed.write_text(LISTED, encoding="utf-8")
    return listed


def expect(tap, name, outcome, fault):
    """fault None: the test must hold; else it must fail and name it."""
    held, output = outcome
    right = held if fault is None else not held and fault in output
    tap.check(name, [] if right else output.splitlines() or ["no output"])


def try_tree(tap, test, faults, said):
    with tempfile.TemporaryDirectory() as directory:
        listed = plant(directory, faults)
        name = f"{test} says \"{said}\"" if said else f"{test} likes a good tree"
        expect(tap, name, run(test, directory, listed), said)


def try_archive(tap, source, symbol):
    with tempfile.TemporaryDirectory() as directory:
        place = pathlib.Path(directory)
        (place / "a.c").write_text(source, encoding="utf-8")
        compiler = shlex.split(os.environ.get("CC", "cc"))
        subprocess.run(compiler + ["-c", "-o", str(place / "a.o"),
                                   str(place / "a.c")], check=True)
        subprocess.run(["ar", "cr", str(place / "a.a"),
                        str(place / "a.o")], check=True)
        name = f"purity.py finds {symbol}" if symbol else \
            "purity.py likes a pure archive"
        expect(tap, name, run("purity.py", place / "a.a"),
               f"a.o reaches {symbol}" if symbol else None)


def main():
    tap = Tap()
    for test in ("layers.py", "style.py", "quirks.py"):
        try_tree(tap, test, {}, None)
    for test, faults, said in TREES:
        try_tree(tap, test, faults, said)
    try_archive(tap, PURE, None)
    for symbol, source in IMPURE:
        try_archive(tap, source, symbol)
    tap.done()


main()
