"""Run the real `transformers serve` on a checkpoint and a port. A script for the tests, started as a subprocess.

The command itself passes its device on as a device map, which needs the package accelerate even for the CPU; without a
device map the model is loaded on the CPU, where it belongs here.
"""

import sys
import time

from transformers.cli.serve import Serve


def main() -> None:
    serve = Serve(host="127.0.0.1", port=int(sys.argv[1]), device="cpu", non_blocking=True, log_level="error")
    serve._model_manager.device = None
    while True:
        time.sleep(1)


if __name__ == "__main__":
    main()
