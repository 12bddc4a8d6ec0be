import TestSupport
import Testing

@testable import Artifacts

@Suite("Files")
struct FileTests {
  @Test("A file that is replaced has the new bytes, and nothing is left beside it")
  func replace() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a"
    for bytes: [UInt8] in [[1, 2, 3], [], [UInt8](repeating: 7, count: 100_000)] {
      try File.replace(path, with: bytes)
      #expect(try File.read(path) == bytes)
      #expect(try File.names(in: folder.path) == ["a"])
    }
  }

  @Test("A reader that has the old file open keeps the old bytes: it is another file")
  func replaceIsARename() throws {
    let folder = try TemporaryFolder()
    let (path, other) = (folder.path + "/a", folder.path + "/b")
    try File.replace(path, with: [1])
    try #require(Program.run("ln", ["a", "b"], in: folder.path).isEmpty)
    try File.replace(path, with: [2])
    #expect(try File.read(other) == [1])
    #expect(try File.read(path) == [2])
  }

  @Test("When writing fails half way, the old bytes stay and no temporary file does")
  func failure() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a"
    try File.replace(path, with: [1])
    let error = FileError("write", "elsewhere", code: 28)
    #expect(throws: error) {
      try File.replace(path) { write throws(FileError) in
        try write([9, 9])
        throw error
      }
    }
    #expect(try File.read(path) == [1])
    #expect(try File.names(in: folder.path) == ["a"])
  }

  @Test("A file that cannot be replaced says why, and leaves nothing behind")
  func refused() throws {
    let folder = try TemporaryFolder()
    #expect(throws: FileError("write", folder.path + "/no/a", code: 2)) {
      try File.replace(folder.path + "/no/a", with: [1])
    }
    try folder.makeFolder("a/b")
    #expect(throws: FileError.self) { try File.replace(folder.path + "/a", with: [1]) }
    #expect(try File.names(in: folder.path) == ["a"])
    #expect(FileError("read", "x", code: 2).description == "cannot read x: No such file or directory")
  }

  @Test("Lines are handed out without their line feeds, also across pieces")
  func lines() throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "x", count: 300_000)
    let cases: [(String, [String])] = [
      ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\n\nb", ["a", "", "b"]), ("a\r\nb\n", ["a\r", "b"]),
      (long + "\n" + long + "\n", [long, long]), ("b\n" + long, ["b", long]),
    ]
    for (text, expected) in cases {
      try folder.write(text, to: "a")
      var lines: [String] = []
      try File.forEachLine(of: folder.path + "/a") { lines.append(String(decoding: $0, as: UTF8.self)) }
      #expect(lines == expected)
    }
  }

  @Test("Lines end at the first that throws")
  func lineThrows() throws {
    let folder = try TemporaryFolder()
    try folder.write("a\nb\nc\n", to: "a")
    var count = 0
    #expect(throws: DocumentError("stop")) {
      try File.forEachLine(of: folder.path + "/a") { _ in
        count += 1
        if count == 2 { throw DocumentError("stop") }
      }
    }
    #expect(count == 2)
  }

  @Test("The digest of a file is that of its bytes")
  func digest() throws {
    let folder = try TemporaryFolder()
    let text = String(repeating: "abc", count: 200_000)
    try folder.write(text, to: "a")
    let (digest, size) = try File.digest(of: folder.path + "/a")
    #expect(digest == Digest(of: "file", text.utf8) && size == 600_000)
    #expect(throws: FileError("read", folder.path + "/none", code: 2)) { try File.digest(of: folder.path + "/none") }
  }

  @Test("Names are sorted by their bytes; kinds follow links")
  func listing() throws {
    let folder = try TemporaryFolder()
    for name in ["b", "B", "é", ".hidden", "a10", "a9"] { try folder.write("", to: name) }
    try folder.makeFolder("folder")
    _ = try Program.run("ln", ["-s", "folder", "link"], in: folder.path)
    let names = try File.names(in: folder.path)
    #expect(names == [".hidden", "B", "a10", "a9", "b", "folder", "link", "é"])
    #expect(File.kind(of: folder.path + "/a9") == .file)
    #expect(File.kind(of: folder.path + "/link") == .folder)
    #expect(File.kind(of: "/dev/null") == .other)
    #expect(File.kind(of: folder.path + "/none") == nil)
    #expect(File.isLink(folder.path + "/link") && !File.isLink(folder.path + "/folder"))
  }

  @Test("Folders are made with those above them, and again without complaint")
  func makeFolders() throws {
    let folder = try TemporaryFolder()
    for _ in 0..<2 { try File.makeFolders(folder.path + "/a/b/c") }
    #expect(File.kind(of: folder.path + "/a/b/c") == .folder)
  }

  @Test("Paths are taken apart and put together")
  func paths() {
    #expect(["a/b", "a", "/a", "a/b/c", "/"].map(Path.folder) == ["a", ".", "/", "a/b", "/"])
    #expect(["a/b", "a", "/a"].map(Path.name) == ["b", "a", "a"])
    #expect(Path.join("a", "b") == "a/b" && Path.join("a/", "b") == "a/b")
    #expect(Path.join(".", "b") == "b" && Path.join("", "b") == "b" && Path.join("a", "/b") == "/b")
    #expect(Path.relative("/a/b", to: "/a") == "b" && Path.relative("/ab", to: "/a") == "/ab")
    #expect(Path.relative("/a", to: "/") == "a")
  }
}
