package import Compiler
internal import Foundation

extension Example {
  /// Whether git can keep it, and a person read it, as a sample.
  package var isSmall: Bool {
    let texts = files.values.map { file in
      if case .text(let text) = file { text.utf8.count } else { Int.max / 2 }
    }
    return bytes.count < 1 << 16 && files.count < 20 && texts.allSatisfy { $0 < 1 << 16 }
  }

  /// Makes the files that lie beside the experiment.
  package func makeFiles(in folder: String) throws {
    let manager = FileManager.default
    for (name, file) in files {
      let path = folder + "/" + name
      switch file {
      case .text(let text):
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
        try manager.createDirectory(at: parent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      case .emptyFolder: try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
      case .link(let target): try manager.createSymbolicLink(atPath: path, withDestinationPath: target)
      }
    }
  }
}
