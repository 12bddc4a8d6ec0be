internal import Artifacts
internal import CProcess
internal import Glibc

/// A process that was started, and the memory that it reads until it has become its program.
///
/// It must be kept until the process has ended, or its program is known to run.
final class Launch {
  /// What a process is started with.
  struct Request {
    /// Looked up in PATH when the first one has no slash.
    var arguments: [String]
    var environment: [String]
    /// The part of its environment that many have, which is not written anew for each.
    var sharedEnvironment = CStringList([])
    /// A folder that it makes before it becomes its program, and a file that it writes, which must not be there.
    var folder: String?
    var file: (path: String, bytes: [UInt8])?
    var directory: String
    /// Files that its output is added to.
    var output: String
    var error: String
    /// A descriptor that becomes its standard input; nil for nothing to read.
    var input: Int32?
    var limits: [attune_limit] = []
    /// The numbers of those that it runs on; all that its parent does where there are none.
    var processors: [Int] = []
    /// The files `cgroup.procs` of the control groups that it joins.
    var groups: [String] = []
  }

  private let launch: UnsafeMutablePointer<attune_launch>
  private let lists: [CStringList]
  private let texts: CStringList
  private let bytes: UnsafeMutableBufferPointer<UInt8>
  private let limits: UnsafeMutableBufferPointer<attune_limit>
  /// A bit for each processor.
  private let mask: UnsafeMutableBufferPointer<UInt>
  private let request: Request
  private(set) var pid: pid_t = 0

  /// - Parameter isAwaited: whether to wait until it is known whether the program runs.
  /// - Throws: `FileError`.
  init(_ request: Request, isAwaited: Bool = false) throws(FileError) {
    self.request = request
    let programs = CStringList(Self.paths(of: request.arguments.first ?? ""))
    let environment = CStringList(request.environment, behind: request.sharedEnvironment)
    lists = [programs, CStringList(request.arguments), environment, CStringList(request.groups)]
    texts = CStringList(
      [request.directory, request.output, request.error, request.folder ?? "", request.file?.path ?? ""])
    let written = request.file?.bytes ?? []
    bytes = .allocate(capacity: written.count)
    _ = bytes.initialize(from: written)
    limits = .allocate(capacity: request.limits.count)
    _ = limits.initialize(from: request.limits)
    mask = .allocate(capacity: request.processors.max().map { $0 / UInt.bitWidth + 1 } ?? 0)
    mask.initialize(repeating: 0)
    for number in request.processors { mask[number / UInt.bitWidth] |= 1 << UInt(number % UInt.bitWidth) }
    launch = .allocate(capacity: 1)
    launch.pointee.request = attune_launch_request(
      programs: lists[0].base, argv: lists[1].base, envp: lists[2].base,
      folder: request.folder == nil ? nil : texts[3], file: request.file == nil ? nil : texts[4],
      bytes: bytes.baseAddress, size: bytes.count, directory: texts[0], output: texts[1],
      error: texts[2], input: request.input ?? -1, groups: lists[3].base, limits: UnsafePointer(limits.baseAddress),
      limit_count: Int32(limits.count), processors: UnsafePointer(mask.baseAddress),
      processor_words: Int32(mask.count))
    pid = attune_start(launch, isAwaited ? 1 : 0)
    guard pid > 0 else { throw FileError("start", request.arguments.first ?? "", code: -pid) }
    if isAwaited, let failure {
      waitpid(pid, nil, 0)
      throw failure
    }
  }

  deinit {
    bytes.deallocate()
    limits.deallocate()
    mask.deallocate()
    launch.deallocate()
  }

  /// Why the process that has ended did not become its program; nil when it did.
  var failure: FileError? {
    let code = launch.pointee.failure
    guard code != 0 else { return nil }
    return switch Int(launch.pointee.step) {
    case ATTUNE_STEP_FOLDER: FileError("make", request.folder ?? "", code: code)
    case ATTUNE_STEP_FILE: FileError("write", request.file?.path ?? "", code: code)
    case ATTUNE_STEP_OUTPUT: FileError("write", request.output, code: code)
    case ATTUNE_STEP_ERROR: FileError("write", request.error, code: code)
    case ATTUNE_STEP_DIRECTORY: FileError("enter", request.directory, code: code)
    case ATTUNE_STEP_LIMITS: FileError("limit", request.arguments.first ?? "", code: code)
    default: FileError("start", request.arguments.first ?? "", code: code)
    }
  }

  /// Whether it is the program that cannot be started, and not something that the process needs besides.
  var isOfProgram: Bool { launch.pointee.step == ATTUNE_STEP_PROGRAM }

  /// Where a program may be found.
  private static func paths(of program: String) -> [String] {
    guard !program.contains("/") else { return [program] }
    let path = ProcessEnvironment.value(of: "PATH") ?? "/bin:/usr/bin"
    return path.split(separator: ":", omittingEmptySubsequences: false).map {
      $0.isEmpty ? program : "\($0)/\(program)"
    }
  }
}

/// Texts as C has them, in a list that ends with NULL; both live as long as this.
final class CStringList {
  private let pointers: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>
  /// Whose texts stand in front.
  private let shared: CStringList?

  init(_ strings: [String], behind shared: CStringList? = nil) {
    self.shared = shared
    let before = shared?.count ?? 0
    pointers = .allocate(capacity: before + strings.count + 1)
    for index in 0..<before { pointers.initializeElement(at: index, to: shared?.pointers[index]) }
    for (index, string) in strings.enumerated() {
      pointers.initializeElement(at: before + index, to: strdup(string))
    }
    pointers.initializeElement(at: before + strings.count, to: nil)
  }

  deinit {
    for pointer in pointers.dropFirst(shared?.count ?? 0) { free(pointer) }
    pointers.deallocate()
  }

  private var count: Int { pointers.count - 1 }

  var base: UnsafePointer<UnsafeMutablePointer<CChar>?>? { UnsafePointer(pointers.baseAddress) }

  subscript(index: Int) -> UnsafePointer<CChar>? { UnsafePointer(pointers[index]) }
}
