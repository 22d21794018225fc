"""The walls stand: rooms import only what their floor may."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_bare_import_is_light() -> None:
    """``import voldesk`` pulls in neither NumPy nor numba nor pyarrow."""
    code = (
        "import sys, voldesk; print([m for m in ('numpy','numba','pyarrow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_pricing_serves_without_the_compiler() -> None:
    """A first implied vol needs no numba: the NumPy twin answers."""
    code = (
        "import sys; from voldesk.pricing.vol import implied_vol;"
        "print(implied_vol(10.0, 100.0, 100.0, 1.0, True)[0], 'numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    vol, has_numba = done.stdout.split()
    assert abs(float(vol) - 0.25134) < 1e-4
    assert has_numba == "False"


def test_a_wall_that_is_broken_is_reported(tmp_path: Path) -> None:
    """A floor that reaches upwards fails the check, so that the walls are known to bear."""
    package = tmp_path / "voldesk"
    for room in (ROOT / "src" / "voldesk").glob("*/__init__.py"):
        (package / room.parent.name).mkdir(parents=True)
        (package / room.parent.name / "__init__.py").write_text("")
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text("")
    (package / "model" / "clock.py").write_text("import time\n")
    (package / "model" / "ports").mkdir()
    (package / "model" / "ports" / "__init__.py").write_text("")
    (package / "model" / "ports" / "broker.py").write_text("")
    config = tmp_path / "pyproject.toml"
    config.write_text((ROOT / "pyproject.toml").read_text())
    linter = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]

    def run() -> int:
        environment = {"PYTHONPATH": str(tmp_path), "PATH": ""}
        done = subprocess.run(
            linter, cwd=tmp_path, env=environment, capture_output=True, check=False
        )
        return done.returncode

    assert run() == 0
    (package / "model" / "sky.py").write_text("import voldesk.chain\n")
    assert run() != 0
