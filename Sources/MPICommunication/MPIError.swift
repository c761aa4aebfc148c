import COpenMPI

/// A call of the MPI library that failed.
public struct MPIError: Error, Equatable, Sendable {
    /// The function, such as `MPI_Isend`.
    public let call: String

    /// The error class (MPI 3.1, section 8.4); 0 if the failure is not MPI's own report.
    public let errorClass: Int

    /// The library's text for the error.
    public let text: String

    /// The rank in MPI_COMM_WORLD that saw it, or `nil` before MPI_Init.
    public let rank: Int?

    /// Advice, if there is any.
    public let advice: String?
}

extension MPIError: CustomStringConvertible {
    /// The MPI call, the library's error text, and advice.
    public var description: String {
        "\(call): \(text)" + (advice.map { "; \($0)" } ?? "")
    }
}

/// Throws unless the code is MPI_SUCCESS. Every return code of the library passes through here.
func check(_ code: Int32, call: StaticString, rank: Int?) throws {
    guard code != MPI_SUCCESS else { return }
    var errorClass = MPI_ERR_UNKNOWN
    MPI_Error_class(code, &errorClass)
    var text = [CChar](repeating: 0, count: Int(MPI_MAX_ERROR_STRING) + 1)
    var length: Int32 = 0
    MPI_Error_string(code, &text, &length)
    throw MPIError(
        call: "\(call)", errorClass: Int(errorClass), text: string(text, length), rank: rank,
        advice: advice(errorClass))
}

/// The first `length` characters that the library wrote into a buffer.
func string(_ buffer: [CChar], _ length: Int32) -> String {
    String(decoding: buffer.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
}

private func advice(_ errorClass: Int32) -> String? {
    switch errorClass {
    case MPI_ERR_NO_MEM:
        "less memory must be in use on this host"
    case MPI_ERR_OTHER, MPI_ERR_INTERN, MPI_ERR_UNKNOWN:
        "see what Open MPI printed above; between hosts, name the network with "
            + "--mca btl_tcp_if_include and --mca oob_tcp_if_include"
    default:
        nil
    }
}
