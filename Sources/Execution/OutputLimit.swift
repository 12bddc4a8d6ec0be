internal import Artifacts
internal import CProcess
internal import Glibc

/// How much is kept of what a trial prints: the beginning and the end of each of its two outputs.
///
/// What is kept follows from the output's length alone, and not from when somebody looked: so does what is read from it.
enum OutputLimit {
  /// In bytes; a multiple of every file system's blocks.
  static let head = 1 << 20
  static let tail = 63 << 20
  /// What a running trial may print beyond that before its file is looked after, in bytes.
  private static let slack = 4 << 20

  /// Gives back the room of what will not be kept of a file that is being written: it reads as zeros then.
  ///
  /// The writer notices nothing. A file system that cannot do it keeps all until the trial ends.
  static func release(_ path: String) {
    let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let size = size(of: descriptor)
    guard size > head + tail + slack else { return }
    // Of a block of which a part is kept, all is.
    attune_release(descriptor, Int64(head), Int64((size - tail - head) & ~0xFFFF))
  }

  /// Leaves of a file that nobody writes any more what is kept, with a line that says how much is not.
  static func shorten(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_size > head + tail else { return }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let size = size(of: descriptor)
    guard size > head + tail else { return }
    func copy(_ range: Range<Int>, _ write: ([UInt8]) throws(FileError) -> Void) throws(FileError) {
      var buffer = [UInt8](repeating: 0, count: 1 << 20)
      var offset = range.lowerBound
      while offset < range.upperBound {
        let count = pread(descriptor, &buffer, min(buffer.count, range.upperBound - offset), off_t(offset))
        guard count > 0 else { throw FileError("read", path) }
        try write(Array(buffer[..<count]))
        offset += count
      }
    }
    // Where there is no room for it, the file stays as it is.
    try? File.replace(path) { write throws(FileError) in
      try copy(0..<head, write)
      try write(Array("\n[\(size - head - tail) bytes were not kept here]\n".utf8))
      try copy(size - tail..<size, write)
    }
  }

  /// 0 for what is no file: a trial may have put a pipe in its place.
  private static func size(of descriptor: Int32) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return 0 }
    return Int(status.st_size)
  }
}
