package import Artifacts
internal import Glibc

/// Whether a project's files lie where the journal is safe, and can be written.
package enum FileSystems {
  /// By their names in `/proc/self/mountinfo`.
  private static let networks: Set<String> = [
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "gpfs", "beegfs", "coda", "ncpfs", "pvfs2",
    "orangefs", "panfs", "glusterfs", "fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "fuse.gcsfuse",
    "fuse.rclone", "fuse.davfs2", "fuse.curlftpfs", "fuse.juicefs", "fuse.moosefs", "fuse.mfs", "fuse.hdfs",
  ]

  /// The kind of the network file system that a folder lies on; nil for a local one, and one that is not known.
  ///
  /// There, several machines would use one journal, whose log SQLite shares by memory.
  package static func network(of folder: String) -> String? {
    guard let mounts = try? File.read("/proc/self/mountinfo") else { return nil }
    var status = stat()
    guard stat(folder, &status) == 0 else { return nil }
    return network(ofDevice: Int(status.st_dev), in: String(decoding: mounts, as: UTF8.self))
  }

  /// - Parameter mounts: what `/proc/self/mountinfo` holds; see proc(5).
  static func network(ofDevice device: Int, in mounts: String) -> String? {
    // As glibc's `gnu_dev_major` and `gnu_dev_minor` take them apart.
    let major = device >> 8 & 0xFFF | device >> 32 & ~0xFFF
    let minor = device & 0xFF | device >> 12 & 0xFFFFFF00
    for mount in mounts.split(separator: "\n") {
      let fields = mount.split(separator: " ")
      guard fields.count > 3, fields[2] == "\(major):\(minor)",
        let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count
      else { continue }
      let kind = String(fields[dash + 1])
      if networks.contains(kind) { return kind }
    }
    return nil
  }

  /// Why a folder that need not be there cannot be made, or not be written in; nil when it can.
  package static func obstacle(to folder: String) -> FileError? {
    var candidate = folder
    while File.kind(of: candidate) == nil {
      let parent = Path.folder(of: candidate)
      guard parent != candidate else { return FileError("make", folder, code: ENOENT) }
      candidate = parent
    }
    guard File.kind(of: candidate) == .folder else { return FileError("make", folder, code: ENOTDIR) }
    return access(candidate, W_OK | X_OK) == 0 ? nil : FileError("write in", candidate)
  }
}

extension Project {
  /// Why an apply of an experiment could not write what it must; nil when nothing is in the way.
  package func obstacle(toExperiment name: String) -> FileError? {
    FileSystems.obstacle(to: stateFolder) ?? FileSystems.obstacle(to: resultsFolder(of: name))
  }
}
