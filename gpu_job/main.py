"""The cloud's door to a worker, which is aisubs/worker.py: what the GPU job's container runs."""

import sys

from aisubs.worker import main

if __name__ == "__main__":
    sys.exit(main())
