import Testing

/// The built program as a user meets it: processes, files and text. One test at a time, since each takes all cores.
///
/// The files of this folder extend it, one subject each.
@Suite("The program", .serialized)
enum EndToEnd {}
