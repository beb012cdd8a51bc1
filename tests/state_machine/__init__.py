"""The rules machine: hypothesis makes any moves in any order on the real SQL; an oracle in Python knows what must come.

known.py      people, limits, and what the oracle knows of a job
oracle*.py    what each function of the job book must do, one file per kind of caller
place.py      a database behind one of the plugs; answers that get lost; time that passes
rules_*.py    the rules, as people, workers and sweeps call the book
invariants.py what must hold after every step, and that in the end nothing is stuck and nothing is left
machine.py    all of it together

A new function of the job book gets a method in an oracle and a rule that calls `self.both`.
"""
