import subprocess
import sys

from voldesk.app.warmup import LARGE_INPUT, start_warm_up, warm_up
from voldesk.pricing import engine


def test_after_warm_up_the_engine_has_decided() -> None:
    """Starting twice is one thread; when the call returns the answer of the engine is final."""
    start_warm_up()
    start_warm_up()
    assert warm_up() == engine.is_compiled_ready()


def test_a_process_may_end_while_it_compiles() -> None:
    """The thread keeps nobody waiting and its end is clean."""
    code = "from voldesk.app.warmup import start_warm_up; start_warm_up()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_small_chain_never_compiles() -> None:
    """What one chain holds is far below the size at which compiling starts by itself."""
    assert LARGE_INPUT > 10_000
