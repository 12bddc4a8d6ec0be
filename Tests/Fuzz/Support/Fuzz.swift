internal import CLibFuzzer
internal import Glibc

/// Hands the program over to libFuzzer, which calls the function with one input after another. The arguments of the
/// program are libFuzzer's.
package func fuzz(_ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt) -> Never {
  var count = CommandLine.argc
  var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
  exit(LLVMFuzzerRunDriver(&count, &arguments, test))
}
