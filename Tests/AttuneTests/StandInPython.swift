import Foundation
import TestSupport

/// A program named `python3` that is of any version, and reports its second argument as the loss.
final class StandInPython {
  private let folder: TemporaryFolder

  init(version: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      #!/bin/sh
      if [ "$1" = --version ]; then cat "$(dirname "$0")/version"; else echo "loss=$2"; fi
      """, to: "python3")
    chmod(folder.path + "/python3", 0o755)
    self.folder = folder
    try setVersion(version)
  }

  func setVersion(_ version: String) throws { try folder.write("Python \(version)\n", to: "version") }

  /// In which it is found before any other.
  var environment: [String: String] { ["PATH": folder.path + ":/usr/bin:/bin"] }
}
