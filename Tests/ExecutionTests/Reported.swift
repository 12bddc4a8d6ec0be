import Artifacts
import TestSupport

@testable import Execution

/// What is read of a trial that has written one file.
func reported(_ bytes: [UInt8], to name: String, _ source: MetricSource, wanted: [String] = ["loss"]) throws -> [String:
  Double]
{
  let folder = try TemporaryFolder()
  try folder.write("", to: name)
  try File.replace(Path.join(folder.path, name), with: bytes)
  let metrics = MetricReader(source, wanted: wanted).read(in: TrialFolder(folder.path)).metrics
  return Dictionary(uniqueKeysWithValues: metrics.values.map { ($0.name, $0.value) })
}

func reported(_ text: String, to name: String, _ source: MetricSource, wanted: [String] = ["loss"]) throws -> [String:
  Double]
{
  try reported(Array(text.utf8), to: name, source, wanted: wanted)
}
