"""What planning costs, how it grows, and against whom: `python -m benchmarks`.

Every figure stands beside a reference that was measured in the same run, so that a busy
or slow machine changes both. `docs/benchmarks.md` says what each row means.
"""
