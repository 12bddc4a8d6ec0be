import Artifacts
import Glibc
import TestSupport
import Testing

@testable import Execution

@Suite("Where a project lies")
struct FileSystemTests {
  /// As the kernel writes it (proc(5)); the second has an optional field more.
  private static let mounts = """
    22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
    40 22 0:46 / /home/a\\040b rw,nosuid shared:7 - nfs4 server:/home rw,vers=4.2
    41 22 0:51 / /mnt/far rw,nosuid - fuse.sshfs me@far:/ rw,user_id=0
    42 22 0:52 / /mnt/near rw,nosuid - fuse.bindfs /tmp rw,user_id=0
    43 22 259:70000 / /big rw - lustre mgs:/big rw
    """

  private static func device(_ major: Int, _ minor: Int) -> Int {
    (major & 0xFFF) << 8 | (major & ~0xFFF) << 32 | minor & 0xFF | (minor & ~0xFF) << 12
  }

  @Test(
    "a network file system is known by its device",
    arguments: [
      (254, 0, nil), (0, 46, "nfs4"), (0, 51, "fuse.sshfs"), (0, 52, nil), (259, 70000, "lustre"), (0, 99, nil),
    ] as [(Int, Int, String?)])
  func network(_ major: Int, _ minor: Int, _ kind: String?) {
    #expect(FileSystems.network(ofDevice: Self.device(major, minor), in: Self.mounts) == kind)
  }

  @Test("the place of this machine's temporary files is none")
  func local() throws {
    let folder = try TemporaryFolder()
    #expect(FileSystems.network(of: folder.path) == nil)
    #expect(FileSystems.network(of: "/nowhere/at/all") == nil)
  }

  @Test("a folder can be made where the nearest one above it can be written")
  func obstacles() throws {
    let folder = try TemporaryFolder()
    #expect(FileSystems.obstacle(to: Path.join(folder.path, "a/b/c")) == nil)
    try File.replace(Path.join(folder.path, "file"), with: [])
    #expect(FileSystems.obstacle(to: Path.join(folder.path, "file/b"))?.code == ENOTDIR)
  }
}
