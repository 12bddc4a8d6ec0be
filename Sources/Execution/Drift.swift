package import Artifacts
internal import Search

extension ManifestState {
  /// Of the manifest in a project's results, against what the experiment compiles to now.
  package init(of document: PlanDocument, in project: Project) {
    let path = project.manifestPath(of: document.plan.name)
    guard let bytes = try? File.read(path) else {
      self = .missing
      return
    }
    do {
      let manifest = try Manifest(fileBytes: bytes)
      let changes = manifest.content.plan.differences(to: document)
      self = changes.isEmpty ? .current : .stale(changes)
    } catch { self = .broken("\(error)") }
  }
}
