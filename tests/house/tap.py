"""TAP lines for the house tests."""

import sys


class Tap:
    """Counts results, prints one TAP line each, and the plan at the end."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def check(self, name, problems):
        """One test: it holds when the list of problems is empty."""
        self.count += 1
        if problems:
            self.failed += 1
        print(f"{'not ok' if problems else 'ok'} {self.count} - {name}")
        for problem in problems:
            self.note(problem)

    def skip(self, name, reason):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {reason}")

    @staticmethod
    def note(text):
        print(f"# {text}")

    def done(self):
        """Prints the plan and ends the program."""
        print(f"1..{self.count}")
        sys.exit(1 if self.failed else 0)
