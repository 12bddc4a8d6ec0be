internal import FuzzSupport

// Any bytes at all: compiling them ends, in time and within its limits, and keeps its promises.
fuzz { start, count in
  examine(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}
