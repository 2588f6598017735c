"""On a database without tables every command says what to do first."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    "command",
    [["reconcile"], ["worker"], ["backup", "b.zip"], ["spaces", "list"], ["people", "grant", "a@b.example", "county"]],
    ids=" ".join,
)
def test_a_command_on_an_empty_database_says_what_to_do(command, tmp_path):
    environment = {"PATH": os.environ["PATH"], "SECRET_KEY": "only for tests", "DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), *command],
        env=environment | {"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert (done.stdout, done.stderr.count("\n")) == ("", 1)
    assert done.stderr.startswith("Error: The ")
    assert done.stderr.endswith("flask db upgrade\n")
    assert not list(tmp_path.glob("b.zip"))
