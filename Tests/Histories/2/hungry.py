"""Needs as many MiB as it is told to, and fails the first time where x is even."""
import os
import sys

options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
x, mib = int(options["--x"]), int(options.get("--mib", 1))
data = bytearray(mib << 20)
for place in range(0, len(data), 4096):
    data[place] = 1
mark = os.path.join(os.environ["ATTUNE_CHECKPOINT"], "tried")
if x % 2 == 0 and not os.path.exists(mark):
    open(mark, "w").close()
    sys.exit(3)
print(f"loss={x + mib / 1000}")
