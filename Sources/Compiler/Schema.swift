/// The JSON Schemas of attune's documents, as the folder schemas/ holds them: they are built into the program.
package enum Schema: String, CaseIterable, Sendable {
  case experiment
  case plan
  case manifest
  case trial
  case diagnostics
  case diff

  package var bytes: [UInt8] {
    switch self {
    case .experiment: PackageResources.experiment_v1_schema_json
    case .plan: PackageResources.plan_v1_schema_json
    case .manifest: PackageResources.manifest_v1_schema_json
    case .trial: PackageResources.trial_v1_schema_json
    case .diagnostics: PackageResources.diagnostics_v1_schema_json
    case .diff: PackageResources.diff_v1_schema_json
    }
  }
}
