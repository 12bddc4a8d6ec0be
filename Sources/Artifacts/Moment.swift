internal import Glibc

/// Moments as people read them.
package enum Moment {
  /// `2026-05-01 14:03:59 UTC`.
  ///
  /// - Parameter seconds: since 1970, UTC.
  package static func text(_ seconds: Double) -> String {
    var time = time_t(seconds.isFinite ? min(max(seconds, 0), 253_402_300_799) : 0)
    var parts = tm()
    gmtime_r(&time, &parts)
    func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday)) "
      + "\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec)) UTC"
  }
}
