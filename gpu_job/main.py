"""The cloud's door to a worker, which is aisubs/worker.py: what the GPU job's container runs."""

import sys

from aisubs.heap import begin_with_huge_pages
from aisubs.worker import main

if __name__ == "__main__":
    begin_with_huge_pages()
    sys.exit(main())
