# SPDX-License-Identifier: GPL-2.0-or-later
"""The bzforge program as a test calls it."""

import os
import subprocess
from pathlib import Path

DONE, BAD_INPUT, USAGE, ENVIRONMENT = 0, 1, 2, 3

TIMEOUT = 180


class Tool:
    def __init__(self, path):
        self.path = Path(path)

    def run(self, *arguments, status=DONE, prefix=(), timeout=TIMEOUT, env=None, **options):
        """Run it; the exit status must be the expected one, or may be any if that is None.
        stdout and stderr are captured as bytes unless given; standard input is empty unless given."""
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        if "input" not in options:
            options.setdefault("stdin", subprocess.DEVNULL)
        command = [*prefix, str(self.path), *(str(a) for a in arguments)]
        environment = {**os.environ, "LC_ALL": "C", **(env or {})}
        done = subprocess.run(command, timeout=timeout, env=environment, check=False, **options)
        message = (done.stderr or b"").decode(errors="replace")
        assert status in (None, done.returncode), f"{command} ended with {done.returncode}\n{message}"
        return done

    def output(self, *arguments, **options):
        return self.run(*arguments, **options).stdout.decode()

    def message(self, *arguments, **options):
        """What it said on standard error."""
        return self.run(*arguments, **options).stderr.decode()
